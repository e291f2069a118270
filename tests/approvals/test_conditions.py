"""The ledger of conditions: what decisions depend on is owned, due, and met only with evidence (CORE-12, CORE-13)."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from approvals import conditions
from approvals.models import Condition
from policy.refused import Refused
from register import actions
from tests.approvals.making import Council
from tests.factories import make_user
from tests.register.action_pages import AT

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 15)


@pytest.fixture
def council():
    council = Council()
    council.decision()
    return council


def save_change(browser, path, check):
    carried = check.select_one("main input[name=carried]")["value"]
    return browser.post(path, {"carried": carried, "do": "save", "reason": "Asked for"})


def text_of(state, on):
    return [each.action.text for each in Condition.objects.ledger(state, on=on)]


def test_each_condition_of_a_decision_is_an_action_with_owner_and_day(council):
    action = Condition.objects.get().action
    assert (action.owner, action.due_on, action.origin, action.needs_evidence) == (council.lead, DUE, "decision", True)
    assert action.partnership == council.partnership


@pytest.mark.parametrize(
    ("on", "late"), [(DUE - timedelta(days=1), False), (DUE, False), (DUE + timedelta(days=1), True)]
)
def test_a_condition_is_overdue_the_day_after_its_day(council, on, late):
    text = ["Ashmere Borough Council has voted to join"]
    assert text_of(Condition.LATE, on) == (text if late else [])
    assert text_of("", on) == text


def test_a_condition_is_met_by_closing_its_action_with_evidence_and_unmet_by_reopening_it(council):
    action = Condition.objects.get().action
    with pytest.raises(Refused, match="what shows that it was done"):
        actions.close(action, outcome="They voted.", by=council.lead, at=AT)
    actions.close(action, outcome="They voted.", evidence="Minute 14", by=council.lead, at=AT)
    assert (len(text_of("met", DUE)), text_of("", DUE)) == (1, [])
    actions.reopen(action, why="The vote was void.", by=council.manager, at=AT)
    assert (text_of("met", DUE), len(text_of("", DUE))) == ([], 1)


def test_a_condition_keeps_the_words_of_its_decision_and_is_handed_over_as_any_action(council, browse_as):
    action = Condition.objects.get().action
    entry, words = council.partnership.reference, action.text
    lead = browse_as(council.lead)
    path = f"/partnerships/{entry}/rows/actions/{action.pk}/change/"
    form = lead.get(path)
    given = {each["name"]: each.get("value", "") for each in form.select("main form input[name]")}
    given |= {"text": words, "owner_id": str(council.lead.pk)}

    check = lead.post(path, given | {"text": "Nothing at all"})
    assert "D-2026-001 made this a condition, so its words stay as they were decided" in check.words
    assert not check.find("button", string="Save 1 change")
    save_change(lead, path, check)
    action.refresh_from_db()
    assert action.text == words

    save_change(lead, path, lead.post(path, given | {"owner_id": str(council.manager.pk)}))
    action.refresh_from_db()
    assert (action.text, action.owner) == (words, council.manager)


def test_the_ledger_and_the_decision_show_how_a_condition_stands(council, browse_as):
    action = Condition.objects.get().action
    decision = Condition.objects.get().step.reference
    there = browse_as(Role.AUDITOR)
    page = there.get("/decisions/conditions/")
    row = page.select_one("tbody tr").get_text(" ", strip=True)
    assert "Ashmere Borough Council has voted to join" in row
    assert decision in row
    assert "L.N." in row
    assert "Not met yet" in row
    assert page.select_one(f'a[href="/actions/{action.pk}/"]')
    actions.close(action, outcome="They voted.", evidence="Minute 14", by=council.lead, at=AT)
    assert there.get("/decisions/conditions/").select("tbody tr") == []
    words = there.get("/decisions/conditions/?state=met").words
    assert "They voted." in words
    assert "Shown by: Minute 14" in words
    page = there.get(f"/decisions/{decision}/")
    assert "They voted." in page.words
    assert "Minute 14" in page.words
    assert page.select_one(f'a[href="/actions/{action.pk}/"]')


def test_an_overdue_condition_warns_on_its_entry_and_at_the_register_managers_home(council, browse_as):
    action = Condition.objects.get().action
    late = action.due_on = date(2026, 11, 1)
    action.keep(by=council.manager, reason="Another day")
    found = conditions.overdue(council.partnership, council.policy)
    assert [each.because for each in found] == ["It was due on 1 November 2026 and is for L.N."]
    page = browse_as(council.lead).get(f"/partnerships/{council.partnership.reference}/")
    assert "is not met: Ashmere Borough Council has voted to join" in page.words
    assert page.select_one(f'aside a[href="/actions/{action.pk}/"]')
    work = conditions.overdue_work(council.manager, date(2026, 11, 21))
    assert [(line.when, line.due) for line in work.lines] == [("20 days late", late)]
    assert "Ask L.N. about a condition" in work.lines[0].words
    assert conditions.overdue_work(council.lead, date(2026, 11, 21)) is None
    assert conditions.overdue_work(council.manager, late) is None


@pytest.mark.parametrize("rows", [1, 8])
def test_the_ledger_asks_the_same_of_the_database_for_many_as_for_few(
    council, browse_as, rows, django_assert_num_queries
):
    for number in range(rows - 1):
        condition = Condition.objects.first()
        action = condition.action
        action.pk, action.text = None, f"Thing {number}"
        action.keep(by=council.manager)
        Condition.objects.create(step=condition.step, action=action)
    there = browse_as(make_user(Role.AUDITOR))
    there.get("/decisions/conditions/")
    with django_assert_num_queries(9):  # the frame, count, page
        assert len(there.get("/decisions/conditions/").select("tbody tr")) == rows
