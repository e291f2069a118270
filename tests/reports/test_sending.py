"""A report goes up as it was made: who receives it, who agrees what follows, and the file that never changes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals import meetings, services
from approvals.models import Request, Status, StepTaken, Turn
from approvals.services import Said
from jobs import services as jobs
from jobs.models import Job, State
from policy.refused import Refused
from register.models import Status as EntryStatus
from reports import sending, sending_views
from reports.catalogue import Asked, make
from reports.models import SentReport
from tests.approvals.making import Council
from tests.approvals.meeting_making import make_meeting
from tests.factories import make_partnership, make_user
from tests.reports.report_pages import YEAR, send_report

pytestmark = pytest.mark.django_db


def take(request, step, outcome="", *, by):
    record = services.take_step(request, step, Said(outcome, "Read."), by=by, at=timezone.now())
    request.refresh_from_db()
    return record


# Routes that only receive: the report of the policy, its period, and who receives it in turn.
RECEIVED = [
    ("breckland-2015", "annual", "brk-g02", [("brk-f24-register", "cmt")]),  # BRK-F24, BRK-E09
    ("breckland-2015", "brk-g07", "brk-g07", [("brk-f19-scrutiny", "scrutiny"), ("brk-f19-executive", "executive")]),
    ("harborough-2015", "annual", "har-g03", [("har-f11-register", "scrutiny")]),  # HAR-F11, HAR-E11
    ("harborough-2015", "risk-update", "har-g04", [("har-f12-receive", "executive")]),  # HAR-F12, HAR-E15
    ("melton", "mel-g06", "mel-g06", [("mel-f17-register", "executive")]),  # MEL-F17, MEL-G06, MEL-E06
]


@pytest.mark.parametrize(("pack", "report", "asked", "steps"), RECEIVED)
def test_a_report_is_received_by_those_whom_the_policy_names(pack, report, asked, steps):
    council = Council(pack, status=EntryStatus.ACTIVE)
    council.scrutiny = make_user(Role.SCRUTINY)
    request = send_report(council, report, asked)

    for step, who in steps:
        assert set(Turn.objects.values_list("step", flat=True)) == {step}
        record = take(request, step, by=getattr(council, who))

    assert (request.partnership, request.status) == (None, Status.DONE)
    assert not Turn.objects.exists()
    kept = SentReport.objects.get()
    assert kept.digest in {row["words"] for row in record.paper["facts"]}
    assert kept.is_whole


def test_the_joint_annual_report_is_signed_agreed_decided_and_considered():  # RED-F37, F38, F39, F28
    council = Council("redditch", status=EntryStatus.ACTIVE)
    scrutiny, recorder = make_user(Role.SCRUTINY), make_user(Role.REGISTER_MANAGER)
    request = send_report(council, "annual", "red-g11")
    # The champion does not sign in: a register manager records it, and not the one who wrote the report.
    with pytest.raises(Refused, match="You proposed this, so others decide"):
        take(request, "red-f37-sign", "agree", by=council.manager)

    take(request, "red-f37-sign", "agree", by=recorder)
    take(request, "red-f38-cmt", "agree", by=council.cmt)
    with pytest.raises(Refused, match="comes later"):
        take(request, "red-f39", by=scrutiny)
    take(request, "red-f38", "agree", by=council.executive)

    assert (request.status, request.outcome) == (Status.DECIDED, "agree")
    assert set(Turn.objects.values_list("step", flat=True)) == {"red-f39", "red-f28-actions"}
    take(request, "red-f39", by=scrutiny)
    take(request, "red-f28-actions", by=council.head)
    assert not Turn.objects.exists()


def test_a_joint_report_that_came_back_is_made_again_and_its_steps_are_taken_again():  # RED-F37
    council = Council("redditch", status=EntryStatus.ACTIVE)
    recorder = make_user(Role.REGISTER_MANAGER)
    request = send_report(council, "annual", "red-g11")
    take(request, "red-f37-sign", "agree", by=recorder)
    take(request, "red-f38-cmt", "return", by=council.cmt)

    again = send_report(council, "annual", "red-g11")

    assert (again.pk, again.round) == (request.pk, 2)
    assert SentReport.objects.filter(request=request).count() == 2
    assert set(Turn.objects.values_list("step", flat=True)) == {"red-f37-sign"}


def test_the_file_stays_as_it_was_made_whatever_becomes_of_the_register(browse_as):
    council = Council(status=EntryStatus.ACTIVE)
    request = send_report(council)
    kept = SentReport.objects.get()
    council.entry().change({"name": "Another name"}, by=council.manager)

    page = browse_as(Role.SCRUTINY).client.get(reverse("reports:sent_html", args=[kept.pk])).content.decode()

    assert council.partnership.name in page
    assert "Another name" not in page
    for change in (kept.save, kept.delete):
        with pytest.raises(Refused, match="stays as it was"):
            change()
    kept.page += " "
    assert not kept.is_whole
    assert services.situation_of(request).facts == {"Digest of the report": kept.digest}


def test_what_is_on_its_way_is_not_sent_twice_and_no_second_file_is_kept():
    council = Council(status=EntryStatus.ACTIVE)
    request = send_report(council)

    with pytest.raises(Refused, match=f"{request.reference} about it is on its way already"):
        send_report(council)
    assert SentReport.objects.count() == 1


def test_nobody_receives_for_others_what_they_sent_up_alone():
    council = Council(status=EntryStatus.ACTIVE)
    request = send_report(council)

    with pytest.raises(Refused, match="This step is for"):
        take(request, "brk-f24-register", by=council.holder)
    assert not StepTaken.objects.exists()


def test_nothing_is_sent_without_the_file():
    council = Council(status=EntryStatus.ACTIVE)
    report = council.policy.report("brk-g02")
    about = sending.about(report, "annual", YEAR, make(Asked("annual", YEAR, "T.W.", timezone.now(), False)))

    with pytest.raises(Refused, match="Make the report first"):
        services.send_up(
            report.route, about=about, why="", by=council.manager, version=council.version, at=timezone.now()
        )
    assert not Request.objects.exists()


def test_a_report_is_sent_up_from_its_page_and_stands_on_an_agenda(browse_as):
    council = Council(status=EntryStatus.ACTIVE)
    browser = browse_as(council.manager)
    page = browser.get(reverse("reports:paper", args=["annual", YEAR]))
    sent = page.find("a", string="Presenting the annual review: who receives it")["href"]
    page = browser.get(sent)
    assert "It has not gone up yet" in page.words
    send = page.find("a", string="Send it up")["href"]
    assert "Receive the annual review of the register" in browser.get(send).words

    done = browser.post(send, {"why": "It was a calm year."})

    request = Request.objects.get()
    assert f"{request.reference} is sent. It is the turn of CMT now" in done.banner
    assert "Its figures" in done.words
    page = browser.get(sent)
    assert SentReport.objects.get().digest in page.words
    assert not page.find("a", string="Send it up")

    meeting = make_meeting(council, on=timezone.localdate(), today=timezone.localdate())
    assert [row.request for row in meetings.could_be_on(meeting)] == [request]
    item = meetings.put_on(meeting, request, "brk-f24-register", by=council.manager)
    row = meetings.agenda_of(meeting)[0]
    meetings.record(
        meeting,
        [meetings.Recorded(item, Said("", "Received."), mark=meetings.marks_of([row])[item.pk])],
        by=council.cmt,
        at=timezone.now(),
    )
    assert "is received by all who receive it" in browser.get(sent).words


def test_readers_see_what_went_up_and_only_keepers_send_it(browse_as):
    send_report(Council(status=EntryStatus.ACTIVE))
    parts = ["annual", YEAR, "brk-g02"]
    reader = browse_as(Role.SCRUTINY)
    assert reader.get(reverse("reports:sent", args=parts)).status == 200
    assert reader.client.get(reverse("reports:send", args=parts)).status_code == 403
    for wrong in (["annual", "1999-00", "brk-g02"], ["annual", YEAR, "brk-g01"], ["nothing", YEAR, "brk-g02"]):
        assert reader.get(reverse("reports:sent", args=wrong)).status == 404


def test_a_report_goes_up_with_the_page_of_every_partnership_and_many_are_laid_out_in_the_background(
    browse_as, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(sending_views, "AT_ONCE", 1)
    council = Council(status=EntryStatus.ACTIVE)
    make_partnership(name="Fen Rivers Watch", status=EntryStatus.ACTIVE)
    send_report(council)
    sent = SentReport.objects.get()

    rows = {row["label"]: row["words"] for row in sent.rows}
    asked = browse_as(Role.SCRUTINY).client.get(reverse("reports:sent_pdf", args=[sent.pk]))

    assert rows["Pages of single partnerships"] == "All 2 are in the file"
    assert sent.page.count("Fen Rivers Watch") > 1
    job = Job.objects.get()
    assert (job.kind, asked["Location"]) == ("sent-report-pdf", reverse("jobs:job", args=[job.pk]))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file_name) == (State.DONE, f"{sent.request.reference}-report-{sent.pk}.pdf")


def test_what_went_up_takes_a_fixed_number_of_queries(browse_as):
    council = Council(status=EntryStatus.ACTIVE)
    browser = browse_as(Role.AUDITOR)

    def queries():
        take(send_report(council), "brk-f24-register", by=council.cmt)
        with CaptureQueriesContext(connection) as asked:
            browser.get(reverse("reports:sent", args=["annual", YEAR, "brk-g02"]))
        return len(asked)

    queries()
    assert queries() == queries()
