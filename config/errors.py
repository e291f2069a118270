"""What a person sees when a page cannot be shown. Each says what is so and what to do."""

import logging
import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.permissions import PERMISSIONS
from config.words import listed

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say whose page it is: `accounts.permissions.requires` raises with the permission that is missing."""
    allowed = PERMISSIONS.get(str(exception), frozenset())
    who = listed(sorted(role.label.lower() for role in allowed), last="or")
    return render(request, "errors/403.html", {"who": who}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came from a page that was open too long, or from another site."""
    return render(request, "errors/csrf.html", status=403)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer without the database: it may be what failed. The reference stands in the log beside the cause."""
    code = secrets.token_hex(3).upper()
    reference = f"{code[:4]}-{code[4:]}"
    logger.error("Page not shown, reference %s: %s", reference, getattr(request, "path", "?"))
    context: dict[str, Any] = {"reference": reference, "council_name": settings.COUNCIL_NAME}
    return HttpResponse(render_to_string("errors/500.html", context), status=500)
