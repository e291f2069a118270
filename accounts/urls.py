"""Signing in and out, people and roles, my account."""

from allauth.account import views as sign_in
from django.urls import path, re_path

urlpatterns = [
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-out/", sign_in.logout, name="account_logout"),
    path("sign-in/closed/", sign_in.account_inactive, name="account_inactive"),
    path("sign-in/again/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("sign-in/no-sign-up/", sign_in.signup, name="account_signup"),
    path("account/password/", sign_in.password_change, name="account_change_password"),
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
