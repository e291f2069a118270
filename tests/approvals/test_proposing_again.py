"""After a refusal: the new request stands on the old one, and those who decide read why it was turned down."""

import pytest
from django.urls import reverse

from approvals import services
from approvals.models import Request
from register.models import Status
from tests.approvals.making import LATER, Council

pytestmark = pytest.mark.django_db


def refused():
    """A council whose management team said no to joining."""
    council = Council()
    request = council.request()
    council.to_cmt(request, view="object")
    council.take(request, "brk-f04", "not-join", by=council.cmt, reasons="The county does it already.")
    return council


def test_proposing_again_shows_the_old_reasons_to_the_next_decider(browse_as):  # BRK-F07
    council = refused()
    browser = browse_as(council.lead)
    page = browser.get(reverse("approvals:of_entry", args=[council.partnership.reference]))
    assert "Propose again" in page.words

    browser.post(reverse("approvals:ask", args=[council.partnership.reference, "brk-joining"]))

    again = Request.objects.order_by("-pk").first()
    assert (str(again.follows.reference), council.entry().status) == ("R-2026-001", Status.PROPOSED)
    again.say_why("The county stops in May.", by=council.lead)

    services.send(again, by=council.lead, at=LATER)
    page = browse_as(council.manager).get(reverse("approvals:step", args=[again.reference, "brk-f02-challenge"]))
    assert "Turned down before" in page.words
    assert "The county does it already." in page.words
    assert page.select_one("a[href='/decisions/D-2026-001/']")
    record = council.take(again, "brk-f02-challenge", by=council.manager)
    assert record.paper["earlier"]["reasons"] == "The county does it already."


def test_a_first_request_stands_on_no_other():
    council = Council()

    assert council.request(sent=False).follows is None
