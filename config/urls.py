"""Every address of the site, one include an app."""

from django.conf import settings
from django.urls import include, path

from config import brand, home, pages

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("accounts.urls")),
    path("", include("jobs.urls")),
    path("", include("policy.urls")),
    path("", include("appointments.urls")),
    path("", include("approvals.urls")),
    path("", include("reviews.urls")),
    path("", include("assessments.urls")),
    path("", include("exits.urls")),
    path("", include("register.urls")),
    path("", include("reports.urls")),
    path("brand.css", brand.sheet, name="brand"),
    path("help/", pages.help_index, name="help"),
    path("help/<slug:topic>/", pages.help_topic, name="help_topic"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
]
if settings.DJANGO_ADMIN:
    from django.contrib import admin

    urlpatterns.append(path("django-admin/", admin.site.urls))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler429 = "config.errors.too_many_requests"
handler500 = "config.errors.server_error"
