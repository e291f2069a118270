"""Shuts every page to those who have not signed in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url


class SignInMiddleware(LoginRequiredMiddleware):
    """Tells those whose session ran out what happened; others go straight to the sign-in page."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        ran_out = settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty()
        if not ran_out:
            return super().handle_no_permission(request, view_func)
        # A page that only takes a sent form cannot be opened again, so its address is not kept.
        following = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
        return redirect_to_login(following, resolve_url("accounts:session_ended"))
