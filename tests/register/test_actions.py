"""Actions: one list over everything, and none that closes without a word (BRK-B20, CORE-12, MEL-D79, DEF-09)."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Notice
from accounts.roles import Role
from policy.refused import Refused
from register import actions
from register.models import Action, Document
from tests.approvals.making import Council
from tests.factories import make_partnership, make_user
from tests.register.action_pages import AT, make_action, make_closed_action

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 1)


@pytest.fixture
def lead():
    return make_user(Role.LEAD_OFFICER, name="D.F.")


@pytest.fixture
def manager():
    return make_user(Role.REGISTER_MANAGER, name="T.W.")


# --- Closing, reopening, putting off, handing over ------------------------------------------------


@pytest.mark.parametrize("said", ["", "   "])
def test_no_action_closes_without_a_word(lead, said):
    action = make_action(owner=lead)
    with pytest.raises(Refused, match="Say what was done"):
        actions.close(action, outcome=said, by=lead, at=AT)
    assert Action.objects.get().is_open


def test_a_closed_action_says_what_was_done_and_when(lead):
    action = make_action(owner=lead)
    actions.close(action, outcome="Each pays half.", evidence="Minute 14", by=lead, at=AT)
    action.refresh_from_db()
    assert (action.done_on, action.outcome, action.evidence) == (date(2026, 11, 20), "Each pays half.", "Minute 14")
    assert action.history.first().history_change_reason == "Each pays half."
    with pytest.raises(Refused, match="closed"):
        actions.close(action, outcome="Again", by=lead, at=AT)


def test_a_condition_of_a_decision_closes_with_evidence_only(lead):
    action = make_action(owner=lead, needs_evidence=True)
    with pytest.raises(Refused, match="what shows that it was done"):
        actions.close(action, outcome="They voted.", by=lead, at=AT)
    document = Document(partnership=action.partnership, title="Minutes", address="https://example.org", added_by=lead)
    document.keep(by=lead)
    actions.close(action, outcome="They voted.", document=document, by=lead, at=AT)
    assert not Action.objects.get().is_open


def test_a_document_of_another_partnership_shows_nothing(lead):
    action = make_action(owner=lead)
    document = Document(partnership=make_partnership(), title="Minutes", address="https://example.org", added_by=lead)
    document.keep(by=lead)
    with pytest.raises(Refused, match="document of this partnership"):
        actions.close(action, outcome="Done", document=document, by=lead, at=AT)


def test_reopening_keeps_what_was_said_and_asks_why(manager):
    action = make_closed_action()
    actions.reopen(action, why="One partner took it back.", by=manager, at=AT + timedelta(days=3))
    action.refresh_from_db()
    assert action.is_open
    assert (action.outcome, action.evidence, action.evidence_document) == ("", "", None)
    said = list(action.notes.order_by("-said_at", "-pk").values_list("kind", "text"))
    assert said[0] == ("reopened", "One partner took it back.")
    assert said[1] == ("closed", "Each pays half.\n\nEvidence: Minute 14; Cabinet minute 14")
    with pytest.raises(Refused, match="open already"):
        actions.reopen(action, why="Again", by=manager, at=AT)


def test_from_the_second_putting_off_on_the_register_manager_is_told(lead, manager):
    action = make_action(owner=lead, text="Agree who pays")
    actions.postpone(action, date(2026, 12, 15), why="They meet later.", by=lead, at=AT)
    assert not Notice.objects.filter(person=manager).exists()
    actions.postpone(action, date(2027, 1, 15), why="The meeting was moved.", by=lead, at=AT)
    notice = Notice.objects.get(person=manager)
    assert notice.subject.startswith("Put off 2 times")
    assert "The meeting was moved" not in notice.text  # no e-mail carries the words
    action.refresh_from_db()
    assert (action.due_on, action.postponed) == (date(2027, 1, 15), 2)


@pytest.mark.parametrize(
    ("to", "problem"),
    [(date(2026, 12, 1), "later day"), (date(2026, 11, 30), "later day"), (date(2026, 11, 20), "after today")],
)
def test_an_action_is_put_off_to_a_later_day_only(lead, to, problem):
    action = make_action(owner=lead, due_on=DUE)
    with pytest.raises(Refused, match=problem):
        actions.postpone(action, to, why="Because", by=lead, at=AT)


def test_whoever_an_action_is_handed_to_is_told(lead, manager):
    action = make_action(owner=lead)
    actions.hand_over(action, manager, why="On leave", by=lead, at=AT)
    action.refresh_from_db()
    assert (action.owner, action.owner_name) == (manager, "T.W.")
    assert Notice.objects.get().person == manager
    with pytest.raises(Refused, match="owns this action already"):
        actions.hand_over(action, manager, why="", by=manager, at=AT)


def test_an_owner_without_a_part_in_the_entry_closes_their_own_action():
    head = make_user(Role.RESPONSIBLE_HEAD)
    actions.close(make_action(owner=head), outcome="Done", by=head, at=AT)
    assert not Action.objects.get().is_open


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REGISTER_MANAGER}))
def test_nobody_else_works_on_somebodys_action(role, browse_as, lead):
    other = make_user(role)
    action = make_action(owner=lead)
    with pytest.raises(Refused, match="Only D"):
        actions.note(action, "It goes well", by=other, at=AT)
    there = browse_as(other)
    for page in ("note", "close", "postpone", "hand-over", "reopen"):
        assert there.get(f"/actions/{action.pk}/{page}/").status == 404
    page = there.get(f"/actions/{action.pk}/")
    assert "Only D.F., those who change the entry and a register manager" in page.words
    assert "Put it off" not in page.words


def test_a_note_stays_as_it_was_said(lead):
    action = make_action(owner=lead)
    actions.note(action, "It goes well", by=lead, at=AT)
    with pytest.raises(Refused, match="stays as it was said"):
        action.notes.get().save()


def test_what_a_decision_depends_on_is_not_taken_out(browse_as):
    council = Council()
    council.decision()
    action = council.partnership.actions.get()
    page = browse_as(council.manager).post(
        f"/partnerships/{council.partnership.reference}/rows/actions/{action.pk}/take-out/", {"reason": "Not needed"}
    )
    assert "depends on this, so it stays" in page.words
    assert Action.objects.filter(pk=action.pk).exists()


def test_the_form_of_an_entry_cannot_close_an_action(browse_as, lead):
    action = make_action(make_partnership(lead_officer=lead), owner=lead)
    address = f"/partnerships/{action.partnership.reference}/rows/actions/{action.pk}/change/"
    assert not browse_as(lead).get(address).select("[name^=done_on], [name=outcome]")


# --- Reminders ------------------------------------------------------------------------------------


def told(on):
    """Whom the reminders of a day tell what."""
    Notice.objects.all().delete()
    actions.remind(on)
    return sorted((notice.person.name, notice.subject.partition(":")[0]) for notice in Notice.objects.all())


@pytest.mark.parametrize(
    ("days", "subject"),
    [(31, None), (30, "Due 1 December 2026"), (8, "Due 1 December 2026"), (7, "Due 1 December 2026"),
     (0, "Due 1 December 2026"), (-1, "1 day late")],
)  # fmt: skip
def test_owners_are_reminded_a_month_and_a_week_before_and_once_late(lead, days, subject):
    make_action(owner=lead)
    assert told(DUE - timedelta(days=days)) == ([("D.F.", subject)] if subject else [])


def test_each_reminder_comes_once(lead):
    make_action(owner=lead)
    for days in (30, 29, 7, 6, 0, -1, -2):
        actions.remind(DUE - timedelta(days=days))
    subjects = list(Notice.objects.order_by("pk").values_list("subject", flat=True))
    assert [each.partition(":")[0] for each in subjects] == ["Due 1 December 2026", "Due 1 December 2026", "1 day late"]


def test_a_late_action_goes_one_up_the_line_a_week(manager):
    lead, head = make_user(Role.LEAD_OFFICER, name="Lead"), make_user(Role.RESPONSIBLE_HEAD, name="Head")
    owner = make_user(Role.LEAD_OFFICER, name="Owner")
    make_action(make_partnership(by=manager, lead_officer=lead, responsible_head=head), owner=owner)

    def who(days):
        return {name for name, _ in told(DUE + timedelta(days=days))}

    managers = {user.name for user in type(manager).objects.holding(Role.REGISTER_MANAGER, on=DUE)}
    assert who(6) == {"Owner"}
    assert who(7) == {"Owner", "Lead"}
    assert who(13) == {"Owner", "Lead"}
    assert who(14) == {"Owner", "Lead", "Head"}
    assert who(21) == {"Owner", "Lead", "Head"} | managers


def test_a_late_action_of_the_lead_officer_goes_to_the_responsible_head_first():
    lead, head = make_user(Role.LEAD_OFFICER, name="Lead"), make_user(Role.RESPONSIBLE_HEAD, name="Head")
    make_action(make_partnership(lead_officer=lead, responsible_head=head))
    assert {name for name, _ in told(DUE + timedelta(days=7))} == {"Lead", "Head"}


def test_a_closed_action_reminds_nobody(lead):
    make_closed_action()
    assert told(DUE + timedelta(days=90)) == []


# --- Pages ----------------------------------------------------------------------------------------


def test_one_list_holds_what_forms_and_decisions_ask_for_and_says_from_where(browse_as):
    council = Council()
    decision = council.decision()
    make_action(council.partnership, "Count the passengers", source="Annual review 2026–27", origin="form")
    page = browse_as(council.lead).get("/actions/")
    assert [row.select_one("th").text.strip() for row in page.select("tbody tr")] == [
        "Count the passengers", "Ashmere Borough Council has voted to join",
    ]  # fmt: skip
    link = page.select_one(f'a[href="/decisions/{decision.reference}/"]')
    assert link.text == f"Condition of {decision.reference}"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Late one", "Mine", "No day"]),
        ("mine=yes", ["Mine"]),
        ("state=late", ["Late one"]),
        ("state=closed", ["Agree who pays for the depot"]),
        ("origin=decision", ["No day"]),
        ("owner=nobody", ["Late one", "No day"]),
        ("entry=fen forum", ["No day"]),
        ("state=nonsense&origin=x&owner=99999999999999999999&page=-4", ["Late one", "Mine", "No day"]),
    ],
)
def test_the_list_is_filtered(browse_as, lead, query, expected):
    today = timezone.localdate()
    make_action(text="Late one", due_on=today - timedelta(days=1))
    make_action(text="Mine", owner=lead, due_on=today + timedelta(days=9))
    make_action(make_partnership(name="Fen Forum"), text="No day", due_on=None, origin="decision")
    make_closed_action()
    page = browse_as(lead).get(f"/actions/?{query}")
    assert [link.text for link in page.select("tbody th a")] == expected


def test_an_action_without_owner_is_the_lead_officers(browse_as, lead):
    make_action(make_partnership(lead_officer=lead), text="Count the passengers")
    page = browse_as(lead).get("/actions/?mine=yes")
    assert "Count the passengers" in page.words


def test_an_action_that_is_added_by_hand_needs_somebody_who_does_it(browse_as, lead):
    entry = make_partnership(lead_officer=lead)
    there, address = browse_as(lead), reverse("register:add_row", args=[entry.reference, "actions"])
    page = there.post(address, {"text": "Count the passengers"})
    assert page.errors == ["Select who does it, or enter their name below"]
    assert not Action.objects.exists()
    there.post(address, {"text": "Count the passengers", "owner_name": "The bus company"})
    assert Action.objects.get().whose == "The bus company"


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_asks_the_same_of_the_database_for_many_as_for_few(browse_as, lead, rows, django_assert_num_queries):
    entry = make_partnership()
    for number in range(rows):
        make_action(entry, f"Thing {number}", owner=lead)
    there = browse_as(lead)
    there.get("/actions/")
    with django_assert_num_queries(16):  # the frame, owners, count, page, the kinds of source
        there.get("/actions/")


def test_the_list_is_a_workbook_too(browse_as, lead):
    make_action(text="=1+1", owner=lead)
    make_closed_action()
    answer = browse_as(lead).client.get("/actions/actions.xlsx?state=all")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content)))["Actions"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[1] for row in cells] == ["=1+1", "Agree who pays for the depot"]
    assert sheet["B2"].data_type == "s"
    assert cells[1][7] == "Each pays half."


def test_a_lead_officer_closes_an_action_on_its_page(browse_as, lead):
    action = make_action(make_partnership(lead_officer=lead), owner=lead)
    there = browse_as(lead)
    page = there.post(f"/actions/{action.pk}/close/", {"outcome": ""})
    assert page.errors == ["Say what was done"]
    page = there.post(f"/actions/{action.pk}/close/", {"outcome": "Each pays half."})
    assert page.banner.startswith("This action is closed")
    assert "Each pays half." in page.words
    again = there.post(f"/actions/{action.pk}/close/", {"outcome": "Twice"})
    assert "closed. Reopen it first" in again.words
    assert Action.objects.get(pk=action.pk).outcome == "Each pays half."


def test_the_pages_put_off_hand_over_note_and_reopen(browse_as, lead, manager):
    action = make_action(make_partnership(lead_officer=lead), owner=lead)
    there, address = browse_as(lead), reverse("register:action", args=[action.pk])
    there.post(f"{address}note/", {"text": "Wrote to both."})
    day = timezone.localdate() + timedelta(days=400)
    there.post(f"{address}postpone/", {"to_0": day.day, "to_1": day.month, "to_2": day.year, "why": "They meet later"})
    there.post(f"{address}hand-over/", {"owner": manager.pk, "why": ""})
    there.post(f"{address}close/", {"outcome": "Agreed"})
    page = there.post(f"{address}reopen/", {"why": "Not signed"})
    assert [heading.text for heading in page.select("ol.app-work strong")] == [
        "Reopened", "Closed", "Handed over", "Put off",
    ]  # fmt: skip
    action.refresh_from_db()
    assert (action.owner, action.due_on, action.is_open) == (manager, day, True)
    assert [message.to for message in mail.outbox] == []  # it goes out with the next delivery


def test_home_says_what_is_to_be_done(browse_as, lead):
    today = timezone.localdate()
    make_action(owner=lead, text="Agree who pays", due_on=today - timedelta(days=3))
    make_action(owner=lead, text="Much later", due_on=today + timedelta(days=200))
    page = browse_as(lead).get("/")
    assert "Do: Agree who pays" in page.words
    assert "3 days late" in page.words
    assert "Much later" not in page.words
