"""The register list: 100 rows of 10,000, filtered and sorted, beside a plain Django view of the same cells."""

import os
from collections.abc import Callable
from typing import Any

from benchmarks.measure import Measure

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "10000"))
ASKED = "status=active&status=leaving&sort=-contribution_a_year&size=100"

BARE_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Register</title></head><body><h1>Register</h1>
<p>{{ page.paginator.count }}</p><table>
<thead><tr>{% for label in labels %}<th>{{ label }}</th>{% endfor %}</tr></thead>
<tbody>{% for entry in page %}<tr><td><input type="checkbox" name="pick" value="{{ entry.reference }}"></td>
<th><a href="/partnerships/{{ entry.reference }}/">{{ entry.name }}</a> {{ entry.reference }} {{ entry.service.name }}
{% if entry.is_statutory %}statutory{% endif %}</th>
<td>{% if entry.lead_officer %}{{ entry.lead_officer.name }}{% else %}{{ entry.lead_officer_name }}{% endif %}</td>
<td>{{ entry.risk_level|default:"Not set" }}</td><td>{{ entry.value_level|default:"Not set" }}</td>
<td>{{ entry.contribution_a_year|default_if_none:"Not known" }}</td>
<td>{{ entry.hours_a_month|default_if_none:"Not known" }}</td>
<td>{% if entry.next_review_on %}{{ entry.next_review_on|date:"j M Y" }}{% else %}Not known{% endif %}</td></tr>
{% endfor %}</tbody></table></body></html>"""


def _person() -> Any:
    """Fill the register once a process; gives a register manager."""
    from django.utils import timezone

    from accounts.models import User
    from benchmarks.filling import MANAGER, fill

    return User.objects.filter(email=MANAGER).first() or fill(ENTRIES, today=timezone.localdate())


def _client() -> Any:
    from django.test import Client

    client = Client()
    client.force_login(_person(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _get(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")


def _list() -> Callable[[], object]:
    client = _client()
    return lambda: _get(client, f"/partnerships/?{ASKED}")


def _plain_list() -> Callable[[], object]:
    """Filter, order, count, page and table under the same middleware; nothing round it."""
    from django.core.paginator import Paginator
    from django.db.models import F
    from django.http import HttpRequest, HttpResponse
    from django.template import engines
    from django.urls import path

    from accounts.permissions import requires
    from config import urls
    from register.models import Partnership

    template = engines["django"].from_string(BARE_PAGE)
    labels = ["", "Partnership", "Lead officer", "Risk", "Value", "£ a year", "Hours a month", "Next review"]

    @requires("register.view")
    def plain(request: HttpRequest) -> HttpResponse:
        found = Partnership.objects.filter(status__in=request.GET.getlist("status"))
        found = found.select_related("lead_officer", "service").order_by(
            F("contribution_a_year").desc(nulls_last=True), "name", "pk"
        )
        page = Paginator(found, 100).get_page(1)
        return HttpResponse(template.render({"page": page, "labels": labels}, request))

    urls.urlpatterns.append(path("bare/", plain))
    client = _client()
    return lambda: _get(client, f"/bare/?{ASKED}")


MEASURES = (
    Measure(
        f"list: 100 rows of {ENTRIES:,}, filtered and sorted, beside a plain view",
        _list,
        _plain_list,
        rounds=15,
        most_times=2,
    ),
)
