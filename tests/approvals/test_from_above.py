"""What an app above asks on a route of another purpose: it is sent, read, advised on and closed like any request."""

import pytest

from approvals import services
from approvals.models import Request, Status, StepTaken, Turn
from approvals.services import Said
from approvals.subjects import About, Subject
from config import tracing
from policy.refused import Refused
from register.models import Status as EntryStatus
from tests.approvals.making import LATER, SENT_AT, Council

pytestmark = pytest.mark.django_db
REVIEW = About("review:7", "Review 2026–27", "/partnerships/")
ended: list[tuple[str, str, str]] = []


def _ended(request, record, by, at):
    if request.about_key == "review:refused":
        raise Refused("The review is not signed off")
    ended.append((request.reference, request.status, str(record or "")))


BROUGHT = Subject(
    frozenset({"review"}),
    missing=lambda request: ["Sign the review off first"] if request.about_key == "review:open" else [],
    ended=_ended,
)


@pytest.fixture
def council(settings):
    settings.REQUEST_SUBJECTS = [f"{__name__}.BROUGHT"]
    ended.clear()
    return Council(status=EntryStatus.ACTIVE)


def ask(council, route="brk-yearly", about=REVIEW):
    request = services.start(council.entry(), route, by=council.lead, version=council.version, at=SENT_AT, about=about)
    council.answer(*council.policy.route(route).needs)
    return request


def test_a_review_without_new_money_is_completed_when_it_is_read(council):  # BRK-F22, BRK-F24
    request = ask(council)
    services.send(request, by=council.lead, at=SENT_AT)

    council.take(request, "brk-f22", by=council.manager)
    assert set(Turn.objects.values_list("step", "role")) == {("brk-f24", "management_team")}
    record = council.take(request, "brk-f24", by=council.cmt)

    assert (request.status, request.outcome) == (Status.DONE, "")
    assert ended == [(request.reference, "done", str(record))]
    assert record.paper["request"]["about"] == "Review 2026–27"
    assert not Turn.objects.exists()


def test_a_review_with_new_money_is_decided_by_the_executive(council):  # BRK-F23
    council.entry().change({"unbudgeted_a_year": 500}, by=council.manager)
    request = ask(council)
    services.send(request, by=council.lead, at=SENT_AT)
    council.take(request, "brk-f22", by=council.manager)
    council.take(request, "brk-f23-recommend", by=council.cmt)

    record = council.take(request, "brk-f23", "agree", by=council.executive)

    assert (request.status, request.outcome) == (Status.DECIDED, "agree")
    assert ended == [(request.reference, "decided", str(record))]
    assert council.entry().status == EntryStatus.ACTIVE
    # CMT still receives it, and has its turn for that.
    assert set(Turn.objects.values_list("step", flat=True)) == {"brk-f24"}


def test_what_the_app_above_refuses_is_not_taken(council):
    request = ask(council, about=About("review:refused", "Review"))
    services.send(request, by=council.lead, at=SENT_AT)
    council.take(request, "brk-f22", by=council.manager)

    with pytest.raises(Refused, match="not signed off"):
        council.take(request, "brk-f24", by=council.cmt)

    assert StepTaken.objects.filter(step="brk-f24").count() == 0
    assert Request.objects.get(pk=request.pk).status == Status.SENT


def test_what_is_missing_above_holds_the_sending_back(council):
    request = ask(council, about=About("review:open", "Review"))

    with pytest.raises(Refused, match="Sign the review off first"):
        services.send(request, by=council.lead, at=SENT_AT)


def test_the_same_matter_is_asked_once_at_a_time_and_another_beside_it(council):
    ask(council)
    with pytest.raises(Refused, match="Nothing like this can be asked"):
        ask(council)

    other = ask(council, about=About("review:8", "Review 2027–28"))

    assert other.reference == "R-2026-002"


def test_joining_and_leaving_are_not_started_from_above(council):
    with pytest.raises(Refused, match="Nothing like this can be asked"):
        ask(council, "brk-leaving")


@pytest.mark.parametrize(
    ("route", "first"), [("brk-vacancies", "brk-f27-talk"), ("brk-representation", "brk-f25-list")]
)
def test_an_appointment_runs_on_its_route(council, route, first):  # BRK-F25, BRK-F27
    request = ask(council, route, About("seat:3", "Seat on the board"))
    services.send(request, by=council.lead, at=SENT_AT)
    request.refresh_from_db()

    assert [state.step.id for state in services.situation_of(request).standing.open_steps] == [first]


def test_a_body_that_does_not_sign_in_has_its_step_recorded_by_the_register_manager(council):
    request = ask(council, "brk-vacancies", About("seat:3", "Seat on the board"))
    services.send(request, by=council.lead, at=SENT_AT)

    council.take(request, "brk-f27-talk", by=council.manager)
    record = services.take_step(request, "brk-f27", Said("agree", "Fine."), by=council.executive, at=LATER)

    assert (record.reference, Request.objects.get(pk=request.pk).status) == ("D-2026-001", Status.DECIDED)


def test_the_task_list_leads_to_what_it_is_about_and_asks_no_reason(council, browse_as):
    request = ask(council)
    page = browse_as(council.lead).get(f"/requests/{request.reference}/")

    assert page.select_one("a[href='/partnerships/'].govuk-task-list__link").text == "Review 2026–27"
    assert "Say why the council should do this" not in page.words


def test_a_purpose_counts_as_built_once_an_app_brings_it(settings):  # CORE-13
    settings.REQUEST_SUBJECTS = []
    assert "review" not in services.startable()
    settings.REQUEST_SUBJECTS = [f"{__name__}.BROUGHT"]

    assert "review" in services.startable()
    review = next(row for row in tracing.trace("breckland").rows if row.id == "BRK-F22")
    assert "Route of another purpose" not in {place.kind for place in review.places}
