"""Representation runs on the policy's route: asked for, heard, decided; and what is agreed for a day to come begins."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import Notice
from accounts.roles import Role
from appointments import asking, notices, queries, rules, services
from appointments.models import Appointee, Coming
from appointments.services import Appointment
from approvals import services as requests
from approvals.gate import Gate
from approvals.models import Request, Status, StepTaken, Turn
from approvals.services import Said
from policy.refused import Refused
from register.models import Representative
from tests.appointments.making import OFFICER, SEDGE, TODAY, VACANCY, YEARLY, Town
from tests.factories import make_user, put_policy_in_force

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
# The rule by which a place is asked for under each policy, and who decides.
ASKED = [
    ("breckland-2015", VACANCY, Role.EXECUTIVE, "Cabinet"),
    ("redditch", "red-appointments-members", Role.EXECUTIVE, "Executive"),
    ("harborough-2015", "har-appointments-member", Role.MANAGEMENT_TEAM, "Corporate Management Team"),
    ("melton", "mel-appointments-officer", Role.RESPONSIBLE_HEAD, "Head of Service"),
    ("strategy-2009", "str-appointments-officer", Role.MANAGEMENT_TEAM, "Senior Management Team"),
]


class Asked(Town):
    """A council with a vacant place, for which somebody is proposed, and the people who take the steps."""

    def __init__(self, pack: str = "breckland-2015", rule: str = VACANCY, **more: Any) -> None:
        super().__init__(pack, places=1, rule=rule if pack != "breckland-2015" else YEARLY, **more)
        self.asked_rule = rule
        self.lead = make_user(Role.LEAD_OFFICER, name="L.N.")
        self.body.change({"lead_officer": self.lead}, by=self.manager)
        self.body.refresh_from_db()
        self.person = make_user(Role.SCRUTINY, name="Cllr A.B.")
        self.people = {
            role: make_user(role, name=f"The {role}")
            for role in (Role.EXECUTIVE, Role.MANAGEMENT_TEAM, Role.RESPONSIBLE_HEAD)
        } | {Role.REGISTER_MANAGER: self.manager}

    def propose(self, name: str = "Cllr A.B.", *, starts_on: date | None = None, **facts: Any) -> Request:
        facts.setdefault("user", self.person)
        facts.setdefault("agreed_roles", ["report-to-council"])
        given = {key: value for key, value in facts.items() if key != "lead_officer"}
        said = Appointment(name=name, starts_on=starts_on or TODAY, **given)
        return asking.propose(
            self.places()[0], said, self.rule(self.asked_rule), starts_on=starts_on, why="Knows the marsh.",
            lead_officer=facts.pop("lead_officer", None), by=self.lead, version=self.version, at=AT,
        )  # fmt: skip

    def send(self, **facts: Any) -> Request:
        request = self.propose(**facts)
        requests.send(request, by=self.lead, at=AT)
        request.refresh_from_db()
        return request

    def take(self, request: Request, outcome: str = "agree", **said: Any) -> StepTaken:
        """Take the step that is open now."""
        state = requests.situation_of(request).standing.open_steps[0]
        by = next((self.people[Role(each)] for each in state.step.role if each in self.people), self.manager)
        words = Said(outcome if state.step.outcomes else "", said.pop("reasons", "Heard on 19 November."), **said)
        record = requests.take_step(request, state.step.id, words, by=by, at=LATER)
        request.refresh_from_db()
        return record

    def agree(self, request: Request) -> StepTaken:
        """Take each step until it is decided."""
        while request.status == Status.SENT:
            record = self.take(request)
        return record

    @property
    def place(self) -> Representative:
        return self.places()[0]


@pytest.mark.parametrize(("pack", "rule", "role", "body"), ASKED, ids=[each[0] for each in ASKED])
def test_a_place_is_filled_on_the_route_of_each_policy(pack, rule, role, body):
    # BRK-F27, BRK-E22; RED-F14, RED-F15, RED-E29, RED-E30; HAR-F07; MEL-B10, MEL-F04, MEL-E03; STR-B10, STR-E02
    there = Asked(pack, rule)
    request = there.send()
    assert there.place.is_vacant, "nobody sits there before it is decided"

    record = there.agree(request)

    place = there.place
    assert (request.status, record.role) == (Status.DECIDED, role)
    assert (place.name, place.user, place.is_vacant) == ("Cllr A.B.", there.person, False)
    assert (place.starts_on, place.appointed_by, place.minute) == (date(2026, 11, 23), body, record.reference)
    assert Appointee.objects.get().state == Coming.SEATED
    assert "You sit on" in Notice.objects.get(person=there.person, key__startswith="seated").subject


def test_the_group_leaders_are_heard_before_cabinet_decides_and_both_stand_in_the_history():  # BRK-F27
    there = Asked()
    request = there.send()
    with pytest.raises(Refused, match="This step comes later"):
        requests.take_step(request, "brk-f27", Said("agree", "Fine."), by=there.people[Role.EXECUTIVE], at=LATER)

    there.take(request, reasons="Both groups agree.")
    there.take(request, minute="CAB 12/26")

    said = "Appointed by Cabinet, minute CAB 12/26. Group Leaders on 23 November 2026: Both groups agree."
    assert there.place.history.first().history_change_reason == said
    assert there.place.rule == YEARLY, "the place itself is still filled once a year"


def test_those_who_decide_read_who_is_proposed_for_what(browse_as):
    there = Asked()
    request = there.send(interests="Farms there")
    there.take(request)
    record = there.take(request)
    rows = {row["label"]: row["value"] for row in record.paper["request"]["about_rows"]}
    assert rows["Person proposed"] == "Cllr A.B."
    assert (rows["From"], rows["Interests declared"]) == ("The day of the decision", "Farms there")
    assert "Report" in rows["Agreed role"]
    page = browse_as(there.manager).get(reverse("approvals:request", args=[request.reference]))
    assert "Person proposed Cllr A.B." in page
    assert "Knows the marsh." in page


def test_a_returned_request_goes_back_and_can_name_somebody_else():
    there = Asked()
    request = there.send()
    there.take(request)
    there.take(request, "return", reasons="Somebody nearer by.")
    assert (request.status, there.place.is_vacant) == (Status.RETURNED, True)

    again = there.propose("Cllr C.D.", user=None)
    requests.send(again, by=there.lead, at=LATER)
    again.refresh_from_db()
    there.agree(again)

    assert again.pk == request.pk
    assert there.place.name == "Cllr C.D."


def test_whoever_is_proposed_does_not_decide_about_themselves():
    there = Asked()
    holder = there.people[Role.EXECUTIVE]
    request = there.send(name=holder.name, user=holder)
    there.take(request)
    with pytest.raises(Refused, match="You declared an interest in this request"):
        there.take(request)

    requests.withdraw(request, by=there.lead, reason="Somebody else", at=LATER)
    request = there.propose(name=holder.name, user=holder)
    there.propose("Cllr C.D.", user=None)
    requests.send(request, by=there.lead, at=AT)
    request.refresh_from_db()
    there.agree(request)
    assert there.place.name == "Cllr C.D.", "who is no longer proposed decides again"


def test_somebody_takes_over_from_whoever_sits_there():
    there = Asked()
    there.appoint("Cllr Q.R.")
    request = there.propose(starts_on=None)
    assert request.about == "The place of Cllr Q.R."
    requests.send(request, by=there.lead, at=AT)
    request.refresh_from_db()
    there.agree(request)
    assert there.place.name == "Cllr A.B."
    before = [sitting for _, sitting in queries.sat_before(there.body)]
    assert [(each.name, each.ended) for each in before] == [("Cllr Q.R.", date(2026, 11, 22))]


@pytest.mark.parametrize(
    ("rule", "taken", "body"),
    [
        ("red-appointments-members", ["red-f15-decide"], "Executive"),
        ("red-appointments-members-council", ["red-f15-council"], "Full Council"),
        ("red-appointments-officers-approved", ["red-f14-nominate", "red-f15-decide"], "Executive"),
    ],
)
def test_the_body_of_the_chosen_rule_decides_and_no_other(browse_as, rule, taken, body):  # RED-F14, RED-F15, RED-E29
    there = Asked("redditch", rule)
    request = there.send()
    route = browse_as(there.lead).get(reverse("approvals:request", args=[request.reference])).words
    assert f"The nomination goes to {'full Council' if body == 'Full Council' else 'the Executive'}" in route

    there.agree(request)

    assert list(StepTaken.objects.order_by("number").values_list("step", flat=True)) == taken
    assert there.place.appointed_by == body


@pytest.mark.parametrize(
    ("town", "facts", "said"),
    [
        ({"asks_consent": True}, {}, "asks for consent. Enter the day on which Cllr A.B. agreed to serve"),
        ({"asks_codes": True}, {}, "asks that its codes are acknowledged"),
        ({}, {"agreed_roles": []}, "the policy asks that the role is clear"),  # BRK-F29, BRK-E31
        ({}, {"ends_on": date(2026, 11, 1)}, "The term ends before it starts"),
    ],
)
def test_what_is_missing_holds_the_sending_back(town, facts, said):
    there = Asked(**town)
    request = there.propose(**facts)
    with pytest.raises(Refused, match=said):
        requests.send(request, by=there.lead, at=AT)
    assert Request.objects.get(pk=request.pk).status == Status.DRAFT


def test_a_place_that_is_taken_out_meanwhile_is_told_before_sending_and_at_the_decision():
    there = Asked()
    request = there.send()
    there.take(request)
    services.take_place_out(there.place, by=there.manager, reason="One place less")
    with pytest.raises(Refused, match=r"taken out meanwhile\. Return the request"):
        there.take(request)
    assert Request.objects.get(pk=request.pk).status == Status.SENT


def test_a_place_is_asked_for_once_at_a_time():
    there = Asked()
    request = there.send()
    with pytest.raises(Refused, match=f"{request.reference} asks for somebody in this place already"):
        there.propose("Cllr C.D.")


def test_an_appointment_that_a_body_decided_is_recorded_with_its_minute_or_asked_for():
    there = Asked()
    heard = {"consulted": "Group Leaders on 10 November", "starts_on": TODAY, "ends_on": None}
    with pytest.raises(Refused, match="Enter the minute in which Cabinet decided it, or ask for the decision"):
        there.appoint("Cllr A.B.", rule=VACANCY, **heard)
    assert there.appoint("Cllr A.B.", rule=VACANCY, minute="CAB 12/26", **heard).name == "Cllr A.B."


def test_nobody_records_their_own_appointment():
    there = Asked()
    with pytest.raises(Refused, match="You cannot record your own appointment"):
        there.appoint("T.W.", user=there.manager)
    found = there.round()
    named = there.nominate(found, "T.W.", user=there.manager)
    there.close(found)
    with pytest.raises(Refused, match="Ask another register manager to record the outcome"):
        Town.agree(there, found, named)


def test_one_decision_names_the_lead_officer_and_the_representative(browse_as):  # STR-B09, STR-E01
    there = Asked("strategy-2009", "str-appointments-officer")
    leads = make_user(Role.LEAD_OFFICER, name="N.L.")
    address = reverse("appointments:propose", args=[there.body.reference, there.place.pk])
    assert "Who should lead it for the council?" in browse_as(there.lead).get(address)

    there.agree(there.send(lead_officer=leads))

    there.body.refresh_from_db()
    assert (there.body.lead_officer, there.place.name) == (leads, "Cllr A.B.")
    reasons = there.body.history.values_list("history_change_reason", flat=True)
    assert any("named with the representative" in each for each in reasons)


# --- From a day to come ---------------------------------------------------------------------------


def test_an_appointment_from_a_day_to_come_is_shown_as_such_and_begins_by_itself(browse_as):
    there = Asked()
    day = date(2026, 12, 1)
    there.appoint("Cllr A.B.", starts_on=day, ends_on=None, user=there.person)
    assert there.place.is_vacant
    page = browse_as(there.manager).get(reverse("appointments:of_body", args=[there.body.reference]))
    assert "From 1 December 2026: Cllr A.B." in page

    assert notices.begin_due(day - timedelta(days=1)) == 0
    assert there.place.is_vacant
    call_command("send_reminders", "--on", "2026-12-01")
    assert (there.place.name, there.place.starts_on, there.place.user) == ("Cllr A.B.", day, there.person)
    assert notices.begin_due(day) == 0, "once is enough"


def test_whoever_sits_there_stays_until_the_next_begins():
    there = Asked()
    there.appoint("Cllr Q.R.")
    day = date(2026, 12, 1)
    there.agree(there.send(starts_on=day))
    assert there.place.name == "Cllr Q.R."
    notices.begin_due(day)
    assert there.place.name == "Cllr A.B."
    assert [s.ended for _, s in queries.sat_before(there.body)] == [date(2026, 11, 30)]


def test_one_person_follows_at_a_time_and_can_be_taken_back():
    there = Asked()
    day = date(2026, 12, 1)
    there.appoint("Cllr A.B.", starts_on=day, ends_on=None)
    with pytest.raises(Refused, match=r"Cllr A\.B\. takes this place on Great Sedge .* Take that back first"):
        there.appoint("Cllr C.D.")
    services.take_back(Appointee.objects.get(), by=there.manager, reason="Moved away")
    assert there.appoint("Cllr C.D.").name == "Cllr C.D."
    assert notices.begin_due(day) == 0
    with pytest.raises(Refused, match="is no longer to come"):
        services.take_back(Appointee.objects.get(), by=there.manager, reason="Again")


def test_who_cannot_begin_is_told_to_the_register_managers_and_the_place_stays_as_it_is():
    there = Asked()
    there.appoint("Cllr A.B.", starts_on=date(2026, 12, 1), ends_on=None)
    services.take_place_out(there.place, by=there.manager, reason="One place less")
    notices.remind(date(2026, 12, 1))
    assert Appointee.objects.get().state == Coming.DROPPED
    told = Notice.objects.get(person=there.manager, key__startswith="not-begun")
    assert told.subject == f"Cllr A.B. could not take the place on {SEDGE}"


# --- The role is made clear -------------------------------------------------------------------------


def test_a_member_says_whether_they_are_a_delegate_or_independent_and_the_step_is_taken(browse_as):
    # RED-E43, RED-E45, RED-H40, RED-H41
    there = Asked("redditch", "red-appointments-members")
    request = there.send(agreed_roles=[])
    there.agree(request)
    assert set(Turn.objects.values_list("step", "role")) == {("red-e43-capacity", "representative")}
    address = reverse("appointments:role", args=[there.body.reference, there.place.pk])

    page = browse_as(there.person).post(address, {"capacity": "independent", "role_note": "Trustee"})

    assert page.banner == "What Cllr A.B. does there is kept"
    assert (there.place.capacity, there.place.role_note) == ("independent", "Trustee")
    taken = StepTaken.objects.get(step="red-e43-capacity")
    assert (taken.by, taken.reasons) == (there.person, "Independent, perhaps as trustee or director. Trustee")
    assert not Turn.objects.exists()
    assert browse_as(Role.AUDITOR).get(address).status == 404


def test_a_register_manager_takes_the_step_of_a_member_without_an_account():  # RED-E43
    there = Asked("redditch", "red-appointments-members")
    there.agree(there.send(user=None))
    assert Gate.of(there.lead, TODAY, [Request.objects.get()]).capacities(
        Request.objects.get(), requests.situation_of(Request.objects.get()).standing.open_steps[0]
    ) == []  # fmt: skip

    asking.make_role_clear(there.place, {"capacity": "delegate"}, by=there.manager, at=LATER)

    assert StepTaken.objects.get(step="red-e43-capacity").by == there.manager


def test_only_rules_of_a_body_that_decides_on_a_route_are_asked_for():
    for pack, asked in (("breckland-2015", {VACANCY}), ("melton", {"mel-appointments-officer"})):
        assert {rule.id for rule in rules.asked_rules(put_policy_in_force(pack).policy)} == asked


def test_a_lead_officer_proposes_on_the_page_and_sends(browse_as):
    there = Asked()
    there_page = browse_as(there.lead)
    address = reverse("appointments:propose", args=[there.body.reference, there.place.pk])
    assert there_page.get(reverse("appointments:of_body", args=[there.body.reference])).select(f"a[href='{address}']")
    page = there_page.post(address, {"name": ""})
    assert "Enter the name of the person who takes the place" in page.errors
    given = {"name": "Cllr A.B.", "user": there.person.pk, "rule": VACANCY, "why": "Knows the marsh."}
    page = there_page.post(address, given | {"agreed_roles": "report-to-council"})
    assert page.banner == "Cllr A.B. is proposed. Check the request, then send it"
    request = Request.objects.get()
    assert page.select_one(f"a[href='{address}']")
    there_page.post(reverse("approvals:check", args=[request.reference]))
    request.refresh_from_db()
    assert request.status == Status.SENT
    assert not Gate.of(there.lead, TODAY, [request]).capacities(
        request, requests.situation_of(request).standing.open_steps[0]
    )
    page = browse_as(there.lead).get(reverse("appointments:of_body", args=[there.body.reference]))
    assert f"Proposed: Cllr A.B., {request.reference}" in page


# --- By hand ------------------------------------------------------------------------------------------


def test_another_name_over_a_person_is_for_the_body_that_decides_and_a_spelling_is_not(browse_as):
    there = Asked()
    place = there.appoint("Cllr Q.R.")
    there_page = browse_as(there.manager)
    address = reverse("register:change_row", args=[there.body.reference, "representatives", place.pk])

    def change(name):
        form = there_page.get(address)
        given = {
            each["name"]: each.get("value", "")
            for each in form.select("main form input[name]")
            if each["type"] not in ("radio", "checkbox", "submit") or each.has_attr("checked")
        }
        return there_page.post(address, given | {"name": name})

    page = change("Cllr A.B.")
    assert "The policy has a body decide who represents the council here" in page
    form = page.select_one("form[action$='/propose/']")
    carried = form.select_one("[name=carried]")["value"]
    page = there_page.post(form["action"], {"carried": carried})
    assert page.errors == []
    assert page.select_one("#id_name")["value"] == "Cllr A.B."
    assert "The policy has a body decide" not in change("Cllr  q.r.")


def test_an_officers_place_that_no_route_decides_is_changed_by_hand():
    there = Asked()
    board = there.add("Flood Board", rule=OFFICER)
    place = there.appoint("D.F.", place=there.places(board)[0], rule=OFFICER, ends_on=None)
    assert asking.decided_on_a_route(board, place, {"name": "S.P."}) is None
    assert asking.decided_on_a_route(there.body, there.appoint("Cllr Q.R."), {"name": "S.P."}) is not None
