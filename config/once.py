"""A form that is sent twice is done once: pressed again while it runs, or sent again after going back."""

import hashlib
import time
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

RUNNING = ""  # what is kept while the first one runs; afterwards it is the address to which that led
RUNS_FOR, KEPT_FOR = 60, 12 * 60 * 60  # seconds
WAITS, EACH = 20, 0.25  # how often and for how many seconds the second one waits for the first
TOLD = "You sent this already, so it was not done a second time. Open the page again if you want to do it once more"


class OnceMiddleware:
    """Answers a form that was sent before with the page to which that led, and does nothing again.

    Each page carries a token of its own against forged requests, so the same token with the same words from the same
    session is the same page, sent twice. What was refused, in its page or in a banner, may be sent again as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        if not key:
            return self.get_response(request)
        if led := _where_the_first_led(key):
            messages.info(request, TOLD)
            return HttpResponseRedirect(led)
        response = self.get_response(request)
        if isinstance(response, HttpResponseRedirect) and not _was_refused(request):
            cache.set(key, response.url, KEPT_FOR)
        else:
            cache.delete(key)
        return response


def key_of(request: HttpRequest) -> str:
    """By what a sent form is known again; "" for what is not one: a page that is read, or nobody's."""
    if request.method != "POST" or not request.user.is_authenticated or "csrfmiddlewaretoken" not in request.POST:
        return ""
    said: list[Any] = [request.session.session_key, request.get_full_path(), *sorted(request.POST.lists())]
    said += sorted((name, [(each.name, each.size) for each in files]) for name, files in request.FILES.lists())
    return f"sent:{hashlib.sha256(repr(said).encode()).hexdigest()}"


def _where_the_first_led(key: str) -> str:
    """The address to which the first one led; "" for the first, and for one sent again after the first was refused.

    Whoever presses twice sees only the second answer: it waits for the first, and is tried itself where that one
    failed, so that the page with its errors and what was typed comes back.
    """
    for _ in range(WAITS):
        if cache.add(key, RUNNING, RUNS_FOR):
            return ""
        if found := cache.get(key):
            return str(found)
        time.sleep(EACH)
    return "/"


def _was_refused(request: HttpRequest) -> bool:
    told = getattr(messages.get_messages(request), "_queued_messages", ())
    return any(each.level >= messages.ERROR for each in told)
