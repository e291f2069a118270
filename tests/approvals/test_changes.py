"""A request that carries what it changes: the register stays as it is, and changes when it is agreed."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals import proposed, services
from approvals.models import Request, StepTaken
from approvals.models import Status as RequestStatus
from policy.models import PolicyVersion
from policy.reading import load_policy, pack_files
from policy.refused import Refused
from register import bulk
from register.facts import Asked, values_of
from register.models import Contribution, Status
from register.services import save_changes
from tests.approvals.changing import Changing
from tests.approvals.making import LATER, Council

pytestmark = pytest.mark.django_db


# --- Agreed, refused, meanwhile ----------------------------------------------------------------


def test_the_register_stays_as_it_is_until_the_change_is_agreed():  # HAR-F13
    council = Changing()
    request = council.ask(hours_a_month=Decimal(40))
    assert council.entry().hours_a_month == 26

    record = council.take(request, "har-f13-cmt", "change", by=council.cmt, reasons="More villages.")

    assert council.entry().hours_a_month == 40
    last = council.entry().history.first()
    assert (last.by_name, last.history_change_reason) == ("S.P.", f"{record}: More villages.")
    assert request.status == RequestStatus.DECIDED


@pytest.mark.parametrize("outcome", ["stay", "return"])
def test_a_change_that_is_not_agreed_changes_nothing(outcome):
    council = Changing()
    request = council.ask(hours_a_month=Decimal(40))
    before = council.entry().version

    council.take(request, "har-f13-cmt", outcome, by=council.cmt)

    assert (council.entry().hours_a_month, council.entry().version) == (26, before)


def test_money_is_asked_for_by_year_and_changes_the_yearly_figures():  # HAR-F13, CORE-07
    council = Changing()
    request = council.ask(sent=False)
    council.pay(request, 90000)
    council.pay(request, 95000, year=2027, is_outside_budget=True)
    assert council.entry().contributions.get().amount == 60000

    request = council.send(request)
    council.take(request, "har-f13-cmt", "change", by=council.cmt)

    rows = council.entry().contributions.order_by("year")
    assert [(row.year, row.amount, row.is_outside_budget) for row in rows] == [
        (2026, 90000, False),
        (2027, 95000, True),
    ]
    assert (council.entry().contribution_a_year, council.entry().unbudgeted_a_year) == (95000, 95000)
    assert rows[0].history.first().history_change_reason.startswith("D-2026-001: ")


def test_a_year_can_be_asked_to_be_taken_out_or_left_as_it_is_again():
    council = Changing()
    request = council.ask(sent=False)
    row = council.entry().contributions.get()
    proposed.ask_for_row(request, row, None, by=council.lead, key=str(row.pk))
    council.pay(request, 5, year=2028)
    assert [line["label"] for line in proposed.lines_of(request)[1:3]] == [
        "Contribution 2026 to 2027",
        "Contribution 2028 to 2029",
    ]

    proposed.forget_row(request, "new-1", by=council.lead)
    request = council.send(request)
    council.take(request, "har-f13-cmt", "change", by=council.cmt)

    assert not Contribution.objects.exists()


def test_the_route_is_worked_out_on_the_facts_as_they_would_be():  # HAR-F04
    """Below, on and above the sum from which the Executive approves."""
    for sum_, holder, executive in [(50000, "to_come", "not_needed"), (50001, "not_needed", "to_come")]:
        council = Changing()
        request = council.request("har-money", sent=False)
        council.pay(request, sum_, is_outside_budget=True)
        standing = services.situation_of(request).standing
        assert standing.state_of("har-money-holder").place == holder
        assert standing.state_of("har-money-executive").place == executive
        services.withdraw(request, by=council.lead, reason="Tried", at=LATER)


def test_what_nobody_has_to_decide_is_not_sent():
    council = Changing()
    request = council.request("har-money", sent=False)

    with pytest.raises(Refused, match="Nobody has to decide this: no money is needed outside the budget; £0"):
        services.send(request, by=council.lead, at=LATER)


def test_the_decider_is_told_when_the_register_changed_meanwhile():
    council = Changing()
    request = council.ask(hours_a_month=Decimal(40))
    council.entry().change({"hours_a_month": Decimal(30)}, by=council.manager, reason="Counted")
    request = Request.objects.select_related("partnership").get(pk=request.pk)

    line = proposed.lines_of(request)[0]

    assert (line["was"], line["now"]) == ("30 hours a month", "40 hours a month")
    assert line["note"] == "When this was asked for, the register said 26 hours a month. It changed since"


def test_a_step_taken_on_an_older_wish_no_longer_stands():
    council = Changing(significant=True)
    request = council.ask(hours_a_month=Decimal(40))
    council.take(request, "har-f13-recommend", "change", by=council.cmt)
    council.entry().change({"hours_a_month": Decimal(30)}, by=council.manager)

    with pytest.raises(Refused, match="comes later"):
        council.take(request, "har-f13-executive", "change", by=council.executive)

    council.take(request, "har-f13-recommend", "change", by=council.cmt)
    council.take(request, "har-f13-executive", "change", by=council.executive)
    assert council.entry().hours_a_month == 40


def test_money_that_was_taken_out_meanwhile_is_put_there_again():
    council = Changing()
    request = council.ask(sent=False)
    council.pay(request, 90000)
    request = council.send(request)
    council.entry().contributions.get().take_out(by=council.manager)
    assert "Taken out meanwhile" in [line["was"] for line in proposed.lines_of(request)]

    council.take(request, "har-f13-cmt", "change", by=council.cmt)

    assert council.entry().contributions.get().amount == 90000


def test_the_sealed_copy_says_what_was_and_what_would_be():  # CORE-15
    council = Changing()
    request = council.ask(sent=False)
    council.pay(request, 90000)
    record = council.take(council.send(request), "har-f13-cmt", "change", by=council.cmt)

    lines = {line["label"]: (line["was"], line["now"]) for line in record.paper["changes"]}

    assert lines["Officer time"] == ("26 hours a month", "40 hours a month")
    assert lines["The council’s contribution a year"] == ("£60,000", "£90,000")
    # It reads the same afterwards, though the register says something else now.
    after = Request.objects.select_related("partnership").get(pk=request.pk)
    assert proposed.lines_of(after)[0]["was"] == "26 hours a month"


def test_what_a_value_already_is_is_not_asked_for():
    council = Changing()

    assert council.ask(sent=False, hours_a_month=Decimal(26)).changes == {}


def test_what_is_asked_for_stays_while_it_is_on_its_way():
    council = Changing()
    request = council.ask()

    with pytest.raises(Refused, match="is on its way, so what it asks stays as it is"):
        proposed.ask_for_facts(request, {"hours_a_month": Decimal(50)}, by=council.lead)


def test_the_form_of_governance_is_agreed_and_then_stands():  # BRK-F09
    council = Council(status=Status.ACTIVE)
    request = council.request("brk-governance", sent=False)
    facts = proposed.facts_of_request(request)
    form = next(iter(next(fact for fact in facts if fact.name == "governance_form").options))
    proposed.ask_for_facts(request, {"governance_form": form}, by=council.lead)
    services.send(request, by=council.lead, at=LATER)
    request = Request.objects.select_related("partnership").get(pk=request.pk)

    council.take(request, "brk-f09-cabinet", "agree", by=council.executive)

    assert council.entry().governance_form == form


@pytest.mark.parametrize("path", pack_files(), ids=lambda path: path.stem)
def test_every_route_to_change_or_pay_can_carry_what_it_changes(path):  # CORE-15
    policy = load_policy(path)
    for route in policy.routes:
        facts = proposed.facts_to_change(policy, route, today=date(2026, 11, 2))
        if route.purpose == "change":
            assert facts, route.id
        if route.purpose in ("change", "money"):
            assert proposed.is_about_money(policy, route), route.id


def typed(page, **values):
    """What a form of facts holds as it is shown, with other values put in."""
    inputs = page.select("form[novalidate] input[name], form[novalidate] textarea[name]")
    held = {
        each["name"]: each.get("value", "") if each.name == "input" else each.text.strip()
        for each in inputs
        if each.get("type") not in ("radio", "checkbox") or each.has_attr("checked")
    }
    chosen = page.select("form[novalidate] select[name] option[selected]")
    return held | {each.find_parent("select")["name"]: each["value"] for each in chosen} | values


# --- By hand ------------------------------------------------------------------------------------


def hours_by_hand(council, reason="", hours=40):
    entry = council.entry()
    facts = [f for f in Asked(council.policy, today=timezone.localdate()).entry if f.name == "hours_a_month"]
    save_changes(
        entry, facts, opened=values_of(entry, facts), typed={"hours_a_month": Decimal(hours)}, by=council.lead,
        reason=reason, version=council.version,
    )  # fmt: skip


def test_what_the_policy_has_decided_is_changed_by_hand_only_with_a_reason():
    council = Changing()
    with pytest.raises(Refused, match="The policy has this decided: reviewing an arrangement or moving resources"):
        hours_by_hand(council)
    assert council.entry().hours_a_month == 26

    hours_by_hand(council, "The timesheets were added up wrongly")

    assert council.entry().hours_a_month == 40


def test_a_policy_may_let_nobody_change_it_by_hand():
    text = next(each for each in pack_files() if each.stem == "harborough-2015").read_text(encoding="utf-8")
    setting = "{id: change-without-decision, standing: proposed, label: Change without a decision, value: refused}"
    PolicyVersion.objects.load(
        text.replace("settings:", f"settings:\n  - {setting}", 1), by=None, in_force_from=date(2020, 1, 1)
    )
    council = Changing()

    with pytest.raises(Refused, match="The policy has this decided"):
        hours_by_hand(council, "The timesheets were added up wrongly")

    assert council.entry().hours_a_month == 26


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.LEAVING])
def test_an_entry_that_is_not_active_is_changed_by_hand_as_ever(status):
    council = Council("harborough-2015", status=status)

    hours_by_hand(council)

    assert council.entry().hours_a_month == 40


def test_the_page_of_what_changes_leads_to_the_request_with_what_was_typed(browse_as):
    council = Changing()
    browser = browse_as(council.lead)
    section = council.policy.core_field("hours_a_month").section
    address = reverse("register:change_section", args=[council.partnership.reference, section])
    check = browser.post(address, typed(browser.get(address), hours_a_month="41"))
    assert "The policy has this decided" in check.words
    guarded = check.select_one(
        f"form[action='{reverse('approvals:ask', args=[council.partnership.reference, 'har-changing'])}']"
    )

    browser.post(guarded["action"], {"carried": guarded.select_one("input[name=carried]")["value"]})

    request = Request.objects.get()
    assert request.changes["facts"] == {"hours_a_month": {"was": "26", "now": "41"}}
    assert council.entry().hours_a_month == 26


# --- Pages ----------------------------------------------------------------------------------------


def test_the_proposer_says_on_pages_what_is_to_change(browse_as):
    council = Changing()
    request = council.request("har-changing", sent=False)
    browser = browse_as(council.lead)
    draft = browser.get(reverse("approvals:request", args=[request.reference]))
    assert "What is to change" in draft.words

    page = browser.post(reverse("approvals:changes", args=[request.reference]), {"hours_a_month": "a lot"})
    assert page.errors
    browser.post(reverse("approvals:changes", args=[request.reference]), {"hours_a_month": "40"})
    page = browser.post(
        reverse("approvals:money_add", args=[request.reference]),
        {"year": "2027", "amount": "95000", "is_in_kind": "False", "is_outside_budget": "True"},
    )
    assert "£95,000" in page.words
    assert "Of it not in the budget" in page.words
    row = council.entry().contributions.get()
    page = browser.post(reverse("approvals:money_change", args=[request.reference, row.pk]), {"do": "take_out"})
    assert "Taken out" in page.words
    page = browser.post(reverse("approvals:money_change", args=[request.reference, row.pk]), {"do": "forget"})
    assert page.words.count("No change") == 1

    request.refresh_from_db()
    assert set(request.changes["facts"]) == {"hours_a_month"}
    assert set(request.changes["money"]) == {"new-1"}


def test_the_decider_reads_what_was_and_what_would_be(browse_as):
    council = Changing()
    request = council.ask(hours_a_month=Decimal(40))

    page = browse_as(council.cmt).get(reverse("approvals:step", args=[request.reference, "har-f13-cmt"]))

    assert [each.text for each in page.select("del.app-was")] == ["26 hours a month"]
    assert [each.text for each in page.select("ins.app-now")] == ["40 hours a month"]


@pytest.mark.parametrize("key", ["999", "new-1", "nonsense"])
def test_a_contribution_that_is_not_there_is_not_found(browse_as, key):
    council = Changing()
    request = council.ask(sent=False)

    assert browse_as(council.lead).get(reverse("approvals:money_change", args=[request.reference, key])).status == 404


def test_a_request_to_join_has_no_page_of_changes(browse_as):
    council = Council()
    request = council.request(sent=False)
    browser = browse_as(council.lead)

    assert browser.get(reverse("approvals:changes", args=[request.reference])).status == 404
    assert browser.get(reverse("approvals:money", args=[request.reference])).status == 404


def test_others_do_not_say_what_is_to_change(browse_as):
    council = Changing()
    request = council.ask(sent=False)

    assert browse_as(council.cmt).get(reverse("approvals:changes", args=[request.reference])).status in (403, 404)
    assert StepTaken.objects.count() == 0


def test_many_entries_at_once_are_no_way_round_a_decision():
    text = next(each for each in pack_files() if each.stem == "melton").read_text(encoding="utf-8")
    setting = "{id: change-without-decision, standing: proposed, label: Change without a decision, value: refused}"
    PolicyVersion.objects.load(
        text.replace("settings:", f"settings:\n  - {setting}", 1), by=None, in_force_from=date(2020, 1, 1)
    )
    council = Council("melton", status=Status.ACTIVE)
    role = council.policy.list(council.policy.core_field("council_role").list).values[0].id
    field = bulk.Field("council_role", "Role", "choice", "council_role", lambda: [(role, role)])

    with pytest.raises(Refused, match="The policy has this decided: changing the Council’s part"):
        bulk.change(field, role, {council.entry().reference: council.entry().version}, by=council.manager, reason="All")

    assert council.entry().council_role == ""
