"""Handing over what a person holds: everything in one move, or nothing."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import handover
from accounts.handover import Handover, Held, Move, Passing
from accounts.models import HandedOver, Notice
from accounts.roles import Role
from appointments import queries
from appointments.models import Appointee, Coming
from approvals import chasing
from approvals.models import Deputy, Given
from policy.refused import Refused
from register.models import Action, Partnership, Representative, Risk
from tests.appointments.making import OFFICER, SEDGE, TODAY, Town
from tests.approvals.making import Council
from tests.factories import make_partnership, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Leaver:
    """Somebody who leads two entries, owns a risk and an action, and sits on a board as officer and as member."""

    def __init__(self) -> None:
        self.town = Town(places=1)
        self.person = make_user(Role.LEAD_OFFICER, name="D.F.")
        self.new = make_user(Role.LEAD_OFFICER, name="S.P.")
        by = self.town.manager
        self.entries = [make_partnership(by=by, name=f"Entry {n}", lead_officer=self.person) for n in (1, 2)]
        Risk(partnership=self.entries[0], note="Funding ends", owner=self.person).keep(by=by)
        Action(partnership=self.entries[0], text="Ask the bank", owner=self.person, due_on=date(2026, 12, 1)).keep(
            by=by
        )
        self.town.appoint("D.F.", user=self.person)
        self.board = self.town.add("Flood Board", rule=OFFICER)
        self.town.appoint("D.F.", place=self.town.places(self.board)[0], rule=OFFICER, user=self.person, ends_on=None)

    def move(self, *, on: date = TODAY) -> Move:
        return Move(self.person, on, self.town.manager, "Leaves the council", AT)

    def all_to(self, new=None) -> list[Passing]:
        new = new or self.new
        return handover.chosen(handover.held_by(self.person), to_all=new, to_each={}, people={})


def test_a_new_holder_whose_roles_would_let_them_only_read_is_warned_of(browse_as):
    there = Leaver()
    auditor = make_user(Role.AUDITOR, name="A.U.")
    address = reverse("accounts:hand_over", args=[there.person.pk])
    today = timezone.localdate()
    given = {"on_0": today.day, "on_1": today.month, "on_2": today.year, "reason": "Leaves the council"}
    said = "No role of A.U. lets A.U. change entries. Give A.U. one that does, or choose somebody else"
    browser = browse_as(there.town.manager)
    assert browser.post(address, given | {"to": auditor.pk}).words.count(said) == 1
    assert "lets" not in browser.post(address, given | {"to": there.new.pk}).words


def test_everything_a_person_holds_is_on_one_page(browse_as):
    there = Leaver()
    assert [(each.kind, each.words) for each in handover.held_by(there.person)] == [
        ("Entries they lead", "Entry 1 (P-0002)"),
        ("Entries they lead", "Entry 2 (P-0003)"),
        ("Risks they own", "Funding ends: Entry 1"),
        ("Actions", "Ask the bank: Entry 1"),
        ("Places for the council", "Place on Flood Board"),
        ("Places for the council", f"Place on {SEDGE}"),
    ]


def test_everything_is_handed_over_in_one_move_with_its_history():
    there = Leaver()
    assert handover.hand_over(there.all_to(), there.move(), today=TODAY) == 6

    assert handover.held_by(there.person) == []
    assert {each.lead_officer for each in Partnership.objects.filter(name__startswith="Entry")} == {there.new}
    assert Risk.objects.get().owner == Action.objects.get().owner == there.new
    last = Partnership.objects.get(name="Entry 2").history.first()
    reason = "Handed over from D.F. from 20 November 2026: Leaves the council"
    assert (last.by_name, last.history_change_reason) == ("T.W.", reason)
    officer = Representative.objects.get(partnership=there.board)
    assert (officer.name, officer.user, officer.starts_on, officer.term) == ("S.P.", there.new, TODAY, "no-fixed-term")
    before = [sitting for _, sitting in queries.sat_before(there.board)]
    assert [(each.name, each.ended) for each in before] == [("D.F.", TODAY)]
    member = Representative.objects.get(partnership=there.town.body)
    assert (member.is_vacant, member.vacant_since) == (True, TODAY), "who appoints members fills it"


def test_a_fault_half_way_leaves_everything_as_it_was(settings):
    there = Leaver()
    held = Held("fault-1", "Broken things", "Something broken")

    def break_down(passing, move):
        raise RuntimeError("The disk is full")

    broken = Handover(lambda person: [held], break_down)
    globals()["BROKEN"] = broken
    settings.HANDOVERS = [*settings.HANDOVERS, f"{__name__}.BROKEN"]
    versions = Partnership.history.count()

    with pytest.raises(RuntimeError, match="disk is full"):
        handover.hand_over(there.all_to(), there.move(), today=TODAY)

    assert len(handover.held_by(there.person)) == 7
    assert Partnership.history.count() == versions
    assert Notice.objects.filter(person=there.new).count() == 0


def test_single_things_go_to_others_or_stay():
    there = Leaver()
    other = make_user(name="K.B.")
    things = handover.held_by(there.person)
    each = {things[0].key: str(other.pk), things[1].key: handover.STAY, things[5].key: handover.STAY}
    found = handover.chosen(things, to_all=there.new, to_each=each, people={str(other.pk): other})
    handover.hand_over(found, there.move(), today=TODAY)
    leads = dict(Partnership.objects.filter(name__startswith="Entry").values_list("name", "lead_officer__name"))
    assert leads == {"Entry 1": "K.B.", "Entry 2": "D.F."}
    assert [held.words for held in handover.held_by(there.person)] == ["Entry 2 (P-0003)", f"Place on {SEDGE}"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("nothing", "Choose who takes at least one of these things"),
        ("future", "Hand things over on or after the day itself, 21 November 2026"),
        ("same", "has this already"),
        ("closed", "is closed. Choose somebody else"),
        ("gone", "no longer holds Entry 1"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_and_nothing_changes(wrong, said):
    there = Leaver()
    passings, move = there.all_to(), there.move()
    if wrong == "nothing":
        passings = []
    elif wrong == "future":
        move = there.move(on=date(2026, 11, 21))
    elif wrong == "same":
        passings = there.all_to(there.person)
    elif wrong == "closed":
        passings = there.all_to(make_user(name="Gone", is_active=False))
    else:
        there.entries[0].change({"lead_officer": there.new}, by=there.town.manager)
    held = len(handover.held_by(there.person))
    with pytest.raises(Refused, match=said):
        handover.hand_over(passings, move, today=TODAY)
    assert len(handover.held_by(there.person)) == held


def test_the_page_shows_what_will_change_and_hands_it_over_once(browse_as, django_capture_on_commit_callbacks):
    there = Leaver()
    browser, today = browse_as(there.town.manager), timezone.localdate()
    address = reverse("accounts:hand_over", args=[there.person.pk])
    given = {"on_0": today.day, "on_1": today.month, "on_2": today.year, "reason": "Leaves the council"}
    assert browser.post(address, given).errors == ["Choose who takes at least one of these things"]

    page = browser.post(address, given | {"to": there.new.pk})
    assert page.select_one("main form button").text == "Hand over 6 things"
    assert "Becomes vacant: Council appoints" in page
    assert len(handover.held_by(there.person)) == 6, "nothing changes before the button"

    with django_capture_on_commit_callbacks(execute=True):
        page = browser.post(address, given | {"to": there.new.pk, "checked": "yes", "count": "6"})
    assert page.banner == "6 things handed over from D.F."
    assert "D.F. holds nothing" in page
    assert [message.subject for message in mail.outbox if "You sit" not in message.subject] == [
        "5 things handed over to you from D.F."
    ]
    again = browser.post(address, given | {"to": there.new.pk, "checked": "yes", "count": "6"})
    assert again.errors == ["Choose who takes at least one of these things"]


@pytest.mark.parametrize("entries", [1, 6])
def test_what_a_person_holds_takes_the_same_number_of_questions(django_assert_num_queries, entries):
    person = make_user(name="D.F.")
    for number in range(entries):
        entry = make_partnership(name=f"Entry {number}", lead_officer=person)
        Action(partnership=entry, text="Ask", owner=person).keep(by=person)
    with django_assert_num_queries(13):
        handover.held_by(person)


# --- Steps, deputyships, appointments to come --------------------------------------------------------


@pytest.fixture
def stepping():
    """A request whose open step was given to somebody who also acts for a member of the management team."""
    council = Council()
    request = council.request()
    person, other = make_user(Role.REGISTER_MANAGER, name="G.H."), make_user(Role.REGISTER_MANAGER, name="I.J.")
    chasing.give_to(request, "brk-f02-challenge", person, reason="Knows it", by=council.manager, on=TODAY)
    deputy = Deputy(
        person=council.cmt, deputy=person, role=Role.MANAGEMENT_TEAM, from_on=TODAY, to_on=date(2099, 12, 31)
    )
    deputy.keep(by=council.manager)
    return council, request, person, other


def _all(person, to, by):
    move = Move(person, TODAY, by, "Leaves the council", AT)
    return handover.hand_over(
        handover.chosen(handover.held_by(person), to_all=to, to_each={}, people={}), move, today=TODAY
    )


def test_steps_given_by_name_and_deputyships_are_handed_over(stepping):
    council, request, person, other = stepping
    assert [(each.kind, each.words) for each in handover.held_by(person)] == [
        ("Steps given to them", f"Question the assessment, {request}"),
        ("Whom they act for", "Acts for S.P."),
    ]

    assert _all(person, other, council.manager) == 2

    given = Given.objects.get()
    assert (given.person, given.history.count()) == (other, 2)
    assert Deputy.objects.get().deputy == other
    assert handover.held_by(person) == []
    council.take(request, "brk-f02-challenge", by=other)
    assert handover.held_by(other)[0].kind == "Whom they act for", "a step that is taken is in nobody’s hands"


@pytest.mark.parametrize("wrong", ["no role", "for themselves"])
def test_who_may_not_have_a_step_or_act_for_themselves_is_refused_and_all_stays(stepping, wrong):
    council, _, person, _ = stepping
    to, said = (make_user(Role.AUDITOR, name="Z.Z."), "does not hold the role") if wrong == "no role" else (
        council.cmt, "does not hold the role|Nobody acts for themselves")  # fmt: skip
    if wrong == "for themselves":
        Given.objects.get().take_out(by=council.manager, reason="Test")
    with pytest.raises(Refused, match=said):
        _all(person, to, council.manager)
    assert Deputy.objects.get().deputy == person


def test_an_appointment_that_has_not_begun_is_taken_back():
    there = Leaver()
    body = there.town.add("Pumps Trust")
    there.town.appoint(
        "D.F.", place=there.town.places(body)[0], user=there.person, starts_on=date(2026, 12, 1), ends_on=None
    )
    handover.hand_over(there.all_to(), there.move(), today=TODAY)
    assert Appointee.objects.get().state == Coming.DROPPED


# --- Handing back --------------------------------------------------------------------------------------


def test_a_handover_is_handed_back_as_far_as_it_is_still_where_it_went(browse_as):
    there = Leaver()
    handover.hand_over(there.all_to(), there.move(), today=TODAY)
    there.entries[1].refresh_from_db()
    there.entries[1].change({"lead_officer": there.town.manager}, by=there.town.manager)
    made = HandedOver.objects.get()
    browser = browse_as(there.town.manager)
    address = reverse("accounts:hand_back", args=[there.person.pk, made.pk])
    assert browser.get(reverse("accounts:hand_over", args=[there.person.pk])).select(f"form[action='{address}']")

    page = browser.post(address)

    assert page.banner == f"4 things handed back. Elsewhere by now, or vacant: Entry 2 (P-0003) and Place on {SEDGE}"
    assert [held.words for held in handover.held_by(there.person)] == [
        "Entry 1 (P-0002)", "Funding ends: Entry 1", "Ask the bank: Entry 1", "Place on Flood Board",
    ]  # fmt: skip
    last = Partnership.objects.get(name="Entry 1").history.first()
    assert "Handed back: Leaves the council" in last.history_change_reason
    assert not browser.get(reverse("accounts:hand_over", args=[there.person.pk])).select(f"form[action='{address}']")
    with pytest.raises(Refused, match="handed back already"):
        handover.hand_back(made, by=there.town.manager, at=AT, today=TODAY)


@pytest.mark.parametrize(
    ("wrong", "said"), [("closed", "is closed. Open it first"), ("gone", "Nothing of it is still")]
)
def test_what_cannot_be_handed_back_is_refused_and_nothing_changes(wrong, said):
    there = Leaver()
    handover.hand_over(there.all_to(), there.move(), today=TODAY)
    made = HandedOver.objects.get()
    if wrong == "closed":
        make_user(Role.ADMINISTRATOR)
        there.person.deactivate(by=there.town.manager, reason="Left")
    else:
        made.things = made.things[-1:]
        made.save()
    held = len(handover.held_by(there.new))
    with pytest.raises(Refused, match=said):
        handover.hand_back(made, by=there.town.manager, at=AT, today=TODAY)
    assert len(handover.held_by(there.new)) == held
    assert HandedOver.objects.get().handed_back_at is None


def test_a_fault_half_way_through_handing_back_leaves_everything_with_the_new_holder(monkeypatch):
    there = Leaver()
    handover.hand_over(there.all_to(), there.move(), today=TODAY)
    versions = Partnership.history.count()

    def break_down(*args, **kwargs):
        raise RuntimeError("The disk is full")

    monkeypatch.setattr(Action, "hand_to", break_down)
    with pytest.raises(RuntimeError, match="disk is full"):
        handover.hand_back(HandedOver.objects.get(), by=there.town.manager, at=AT, today=TODAY)

    assert handover.held_by(there.person) == []
    assert Partnership.history.count() == versions
    assert HandedOver.objects.get().handed_back_at is None
