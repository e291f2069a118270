"""What the frame round a page costs: band, menu, footer, one help text."""

from collections.abc import Callable

from benchmarks.measure import Measure

TIMES = 50


def _page() -> Callable[[], object]:
    from django.test import Client

    client = Client()
    return lambda: [client.get("/help/levels/") for _ in range(TIMES)]


def _bare() -> Callable[[], object]:
    from django.http import HttpResponse
    from django.template import engines
    from django.test import RequestFactory

    template = engines["django"].from_string("<!DOCTYPE html><title>{{ title }}</title><h1>{{ title }}</h1>")
    request = RequestFactory().get("/")
    return lambda: [HttpResponse(template.render({"title": "Help"}, request)) for _ in range(TIMES)]


MEASURES = (Measure(f"frame: {TIMES} help pages, all middleware, beside a template of one line", _page, _bare),)
