"""Signing in and out, people and roles, my account."""

from allauth.account import views as sign_in
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts import handover_views, views

people = [
    path("users/", views.user_list, name="user_list"),
    path("users/add/", views.add_user, name="add_user"),
    path("users/<int:user_id>/", views.user, name="user"),
    path("users/<int:user_id>/change/", views.change_user, name="change_user"),
    path("users/<int:user_id>/roles/add/", views.add_role, name="add_role"),
    path("users/<int:user_id>/roles/<int:role_id>/end/", views.end_role, name="end_role"),
    path("users/<int:user_id>/close/", views.deactivate, name="deactivate"),
    path("users/<int:user_id>/open/", views.activate, name="activate"),
    path("users/<int:user_id>/send-link/", views.send_link, name="send_link"),
    path("people/<int:user_id>/handover/", handover_views.hand_over, name="hand_over"),
    path("people/<int:user_id>/handover/<int:made_id>/back/", handover_views.hand_back, name="hand_back"),
    path("roles/", views.role_list, name="role_list"),
    path("e-mails/", views.notice_list, name="notice_list"),
    path("e-mails/<int:notice_id>/send/", views.notice_send, name="notice_send"),
    path("account/", views.my_account, name="my_account"),
    path("account/change/", views.change_own, name="change_own"),
    path("sign-in/ended/", views.session_ended, name="session_ended"),
]

# The names of the sign-in pages are those that the sign-in package looks for, so they have no namespace.
urlpatterns = [
    path("", include((people, "accounts"))),
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-out/", sign_in.logout, name="account_logout"),
    path("sign-in/closed/", sign_in.account_inactive, name="account_inactive"),
    path("sign-in/again/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("sign-in/no-sign-up/", sign_in.signup, name="account_signup"),
    path("account/password/", sign_in.password_change, name="account_change_password"),
    # Whoever has no password yet sets the first one by the same link as whoever forgot theirs.
    path(
        "account/password/first/",
        RedirectView.as_view(pattern_name="account_reset_password"),
        name="account_set_password",
    ),
    path("sign-in/new-password/", sign_in.password_reset, name="account_reset_password"),
    path("sign-in/new-password/sent/", sign_in.password_reset_done, name="account_reset_password_done"),
    # allauth joins the two parts by "-" in the e-mail's link; the first never holds one.
    re_path(
        r"^sign-in/new-password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/new-password/set/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
