"""Addresses of the policy's pages."""

from django.urls import path

from policy import views

app_name = "policy"
urlpatterns = [
    path("policy/", views.policy, name="policy"),
    path("policy/compare/", views.comparison, name="comparison"),
    path("policy/<slug:code>/<str:version>/", views.clauses, name="version"),
    path("policy/<slug:code>/<str:version>/fields/", views.fields, name="fields"),
    path("policy/<slug:code>/<str:version>/levels/", views.levels, name="levels"),
    path("policy/<slug:code>/<str:version>/forms/", views.forms, name="forms"),
    path("policy/<slug:code>/<str:version>/routes/", views.routes, name="routes"),
    path("policy/<slug:code>/<str:version>/in-force/", views.put_in_force, name="put_in_force"),
    path("policy/<slug:code>/<str:version>/rows/", views.rows, name="rows"),
]
