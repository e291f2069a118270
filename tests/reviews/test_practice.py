# ruff: noqa: E501 (the pack is as an officer writes it)
"""What is done with the partners all the time, step by step (RED-F41 to RED-F53, RED-F61, RED-C19, RED-A08, RED-E17)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals.models import Deputy
from policy.models import PolicyVersion
from policy.reading import PackError, read_pack
from policy.refused import Refused
from register import services as register
from register.models import Document, Status
from reviews import practice, services
from reviews.models import Doing
from tests.factories import make_partnership, make_user
from tests.policy.test_wide_enough import BASE
from tests.register.risk_packs import make_risk
from tests.reviews.making import LATER, OPENED, TODAY, Council, partners_council

pytestmark = pytest.mark.django_db
WESTMARSH = Path(__file__).parents[1] / "policy" / "westmarsh-2031.yaml"
WORDS = {
    "done_on": TODAY,
    "note": "Talked through at the board.",
}


@pytest.fixture
def council() -> Council:
    return partners_council()


def say(council: Council, step: str = "red-f42", **more):
    given = {"version": council.version, "by": council.lead, "at": LATER} | WORDS | {"done_on": LATER.date()} | more
    return practice.say_done(council.partnership, step, **given)


def line(council: Council, step: str, by=None) -> practice.Line:
    found = practice.lines(council.partnership, council.version.policy, by=by or council.lead, on=TODAY)
    return next(each for _, lines in found for each in lines if each.step.id == step)


def shown(council: Council, step: str) -> list[tuple[str, bool]]:
    return [(each.words, each.lacks) for each in line(council, step).shown]


def url(council: Council, step: str = "") -> str:
    named = [council.partnership.reference, *([step] if step else [])]
    return reverse(f"reviews:{'practise' if step else 'practice'}", args=named)


# --- Saying it ------------------------------------------------------------------------------------------


def test_a_step_is_said_to_be_done_and_said_again_and_both_stay(council):  # RED-F43, RED-F42
    say(council, done_on=date(2026, 10, 2), note="First talk")
    say(council, note="Second talk, with the new partner")

    assert [each.note for each in practice.said_of(council.partnership, "red-f42")] == [
        "Second talk, with the new partner",
        "First talk",
    ]
    assert line(council, "red-f42").last.note == "Second talk, with the new partner"
    assert Doing.history.filter(step="red-f42").count() == 2


def test_what_is_done_with_partners_is_no_review_and_moves_no_day(council, browse_as):
    services.bring_up_to_date(at=LATER)
    before = list(services.Occasion.objects.values("cycle", "due_on"))

    say(council)
    services.bring_up_to_date(at=LATER)

    assert list(services.Occasion.objects.values("cycle", "due_on")) == before
    page = browse_as(council.manager).get(reverse("reviews:of_entry", args=[council.partnership.reference]))
    assert WORDS["note"] not in page


@pytest.mark.parametrize(
    ("role", "steps"),
    [
        (Role.MANAGEMENT_TEAM, {"red-f44"}),  # RED-F44, RED-E17
        (Role.RESPONSIBLE_HEAD, {"red-f49", "red-f50", "red-f61"}),  # RED-F49, RED-F50, RED-F61
        (Role.SCRUTINY, set()),
        (Role.AUDITOR, set()),
        (Role.ADMINISTRATOR, set()),
    ],
)
def test_a_step_is_for_those_who_hold_its_role(council, role, steps):
    policy = council.version.policy
    person = make_user(role)

    found = practice.lines(council.partnership, policy, by=person, on=TODAY)

    assert {each.step.id for _, lines in found for each in lines if each.is_theirs} == steps


def test_the_register_manager_may_say_every_step_and_another_lead_officer_none(council):
    policy, other = council.version.policy, make_user(Role.LEAD_OFFICER)
    steps = [step for route in practice.routes_of(policy) for step in route.steps]

    def refused(by) -> list[str]:
        return [why for step in steps if (why := practice.why_not(council.partnership, policy, step, by=by, on=TODAY))]

    assert (len(steps), len(refused(council.manager)), len(refused(other))) == (14, 0, 14)


def test_a_head_named_on_the_entry_has_the_step_alone_and_their_deputy_for_them(council):  # RED-F50
    head, other, deputy = (make_user(Role.RESPONSIBLE_HEAD) for _ in range(3))
    council.partnership.change({"responsible_head": head}, by=council.manager)
    Deputy(person=head, deputy=deputy, role=Role.RESPONSIBLE_HEAD, from_on=TODAY, to_on=TODAY + timedelta(days=3)).keep(
        by=council.manager
    )

    assert line(council, "red-f50", by=head).is_theirs
    assert not line(council, "red-f50", by=other).is_theirs
    assert line(council, "red-f50", by=deputy).is_theirs


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"note": "  "}, "Say in a few words how it was done"),
        ({"done_on": LATER.date() + timedelta(days=1)}, "That day is still to come"),
        ({"step": "red-f99"}, "The policy in force has no such step"),
        ({"step": "red-i05"}, "The policy in force has no such step"),  # a step of a route of reports
    ],
)
def test_what_cannot_be_so_is_refused_in_words(council, more, said):
    before = Doing.objects.count()

    with pytest.raises(Refused, match=said):
        say(council, **more)

    assert Doing.objects.count() == before


def test_a_day_that_has_come_is_taken_and_the_same_word_twice_is_not(council):
    say(council, done_on=LATER.date())
    with pytest.raises(Refused, match="You said this already"):
        say(council, done_on=LATER.date())


def test_a_document_of_another_partnership_is_refused(council):
    other = Document(partnership=council.entry(), title="Theirs", address="https://example.org", added_by=council.lead)
    other.keep(by=council.lead)

    with pytest.raises(Refused, match="That document is of another partnership"):
        say(council, document=other)


def test_a_document_that_shows_a_step_stays_with_it(council):
    with pytest.raises(Refused, match="depends on this, so it stays"):
        register.take_out_row(Document.objects.get(), by=council.manager, reason="Old")


def test_whose_step_it_is_not_is_told_whose_it_is(council):
    with pytest.raises(Refused, match=r"This step is for Head of Service of this partnership\."):
        say(council, "red-f50")


def test_nothing_more_is_done_in_a_partnership_that_was_left(council):
    entry = make_partnership(status=Status.LEFT, policy_version=council.version, lead_officer=council.lead)
    council.partnership = entry

    with pytest.raises(Refused, match="This entry is left, so nothing more is done with its partners"):
        say(council)


# --- What the entry shows of it -------------------------------------------------------------------------


def test_the_register_says_what_it_knows_of_each_step(council):
    assert shown(council, "red-f41") == [  # RED-A08, RED-F41
        ("1 open risk to the partnership’s own objectives, 1 to the council’s", False)
    ]
    assert shown(council, "red-f42") == [("2 risks and 0 opportunities on the register", False)]
    assert shown(council, "red-f43") == [("Our risk protocol", False)]
    assert shown(council, "red-f44") == [("No document of this kind is kept here: evidence of risk training", False)]
    assert shown(council, "red-f45") == [  # RED-F45
        ("2 open risks: 1 without an owner, 2 without an action and 2 without a sign that calls for more", True)
    ]
    assert shown(council, "red-f46") == [  # RED-F46
        ("Floods is transferred to The insurer", False),
        ("1 open risk managed here by a named person", False),
    ]
    assert shown(council, "red-f47") == []
    assert shown(council, "red-f49") == [("0 of 2 open risks with a sign that calls for more", True)]
    assert shown(council, "red-f50")[0] == ("No agreement is in force", False)


def test_a_high_impact_without_a_plan_is_to_put_right_however_unlikely(council):  # RED-F52, RED-C19
    assert shown(council, "red-f52")[:2] == [
        ("1 open risk with high impact, 0 with a contingency plan", False),
        ("No contingency plan for Funding ends", True),
    ]
    risk = council.partnership.risks.get(note="Funding ends")
    risk.contingency_plan = "Reserves for a year"
    risk.keep(by=council.lead)

    assert shown(council, "red-f52")[0] == ("1 open risk with high impact, 1 with a contingency plan", False)
    register.close_risk(risk, on=TODAY, outcome="Funded for good", by=council.lead)
    assert shown(council, "red-f52")[0] == ("No open risk has a high impact", False)
    assert not any("No contingency plan for" in words for words, _ in shown(council, "red-f52"))


@pytest.mark.parametrize(("days", "lacks"), [(-1, True), (0, False), (1, False)])
def test_a_risk_past_its_day_is_to_be_looked_at_again(council, days, lacks):  # RED-F48
    risk = council.partnership.risks.get(note="Funding ends")
    risk.review_on = TODAY + timedelta(days=days)
    risk.keep(by=council.lead)

    said = shown(council, "red-f48")

    assert said[0][0].startswith("Last changed on ")
    assert said[1][1] is lacks


# --- Pages ----------------------------------------------------------------------------------------------


def test_a_lead_officer_says_on_the_page_how_a_step_was_done(council, browse_as):
    browsing = browse_as(council.lead)
    page = browsing.get(url(council))
    assert "Managing risks and opportunities with partners" in page
    assert "Agreed at the board; all five partners signed." in page
    assert "Appendix 8, section 2.2" in page

    day = timezone.localdate()
    given = {"done_on_0": day.day, "done_on_1": day.month, "done_on_2": day.year, "note": "Talked it through"}
    page = browsing.post(url(council, "red-f42"), given | {"document": Document.objects.get().pk})

    assert page.path == url(council)
    assert "Talked it through" in page
    assert practice.said_of(council.partnership, "red-f42").get().document.title == "Our risk protocol"


def test_others_read_a_step_and_are_told_whose_it_is(council, browse_as):
    browsing = browse_as(Role.AUDITOR)
    page = browsing.get(url(council, "red-f43"))
    assert "Agreed at the board; all five partners signed." in page
    assert not page.select("main form")
    assert "This step is for" in page

    day = timezone.localdate()
    before = Doing.objects.count()
    browsing.post(
        url(council, "red-f43"), {"done_on_0": day.day, "done_on_1": day.month, "done_on_2": day.year, "note": "Mine"}
    )
    assert Doing.objects.count() == before


def test_the_page_takes_the_same_queries_for_ten_risks_as_for_two(council, browse_as):
    browsing = browse_as(council.lead)

    def queries() -> int:
        browsing.get(url(council))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browsing.get(url(council))
        return len(asked)

    few = queries()
    for number in range(8):
        make_risk(
            partnership=council.partnership,
            note=f"Risk {number}",
            likelihood="l3",
            impact="i3",
            by=council.manager,
            version=council.version,
        )
        say(council, note=f"Talk {number}")
    assert queries() == few


def test_another_policy_shows_nothing_of_it(browse_as):
    council = Council("harborough-2015")
    browsing = browse_as(council.manager)

    page = browsing.get(reverse("register:risks", args=[council.partnership.reference]))
    assert "With partners" not in page
    assert browsing.get(url(council)).status == 404
    assert browsing.get(url(council, "red-f43")).status == 404


def test_the_risks_lead_to_it(council, browse_as):
    page = browse_as(council.lead).get(reverse("register:risks", args=[council.partnership.reference]))

    assert page.select_one(f"a[href='{url(council)}']").text.strip() == "With partners"


# --- An invented policy -----------------------------------------------------------------------------------

TOGETHER = """
  - id: wm-together
    title: Minding the bus together
    purpose: practice
    steps:
      - {id: wm-p1, title: Walk the line with the drivers, role: lead_officer, act: do, clause: Paragraph 40, shows: [risk_register]}
      - {id: wm-p2, title: Meet the other councils, role: responsible_head, act: do, clause: Paragraph 41}

"""


def test_an_invented_policy_has_steps_of_its_own(browse_as):
    text = WESTMARSH.read_text(encoding="utf-8")
    PolicyVersion.objects.load(
        text.replace("\nmaterial:", f"{TOGETHER}material:", 1), by=None, in_force_from=date(2020, 1, 1)
    )
    council = Council("westmarsh-2031")

    practice.say_done(
        council.partnership,
        "wm-p1",
        **WORDS | {"done_on": OPENED.date()},
        version=council.version,
        by=council.lead,
        at=OPENED,
    )
    page = browse_as(council.lead).get(url(council))

    assert "Minding the bus together" in page
    assert "No risk is open on the register of this partnership" in page
    assert WORDS["note"] in page


PRACTICE = """
routes:
  - id: together
    title: Together
    purpose: {purpose}
    steps:
      - {{id: step-1, title: Meet, role: lead_officer, act: do, clause: "1"{more}}}
"""


@pytest.mark.parametrize(
    ("purpose", "more", "said"),
    [
        ("practice", ", shows: [contingency_plans]", "take contingency_plans out"),
        ("practice", ", documents: [protocol]", "kind of document"),
        ("practice", ", due_days: 3", "take due_days out"),
        ("join", ", shows: [agreements]", "only a step of a route of practice"),
        ("practice", ", shows: [moods]", "shows"),
    ],
)
def test_a_pack_that_asks_for_what_practice_has_not_is_not_loaded(purpose, more, said):
    with pytest.raises(PackError, match=said):
        read_pack(BASE + PRACTICE.format(purpose=purpose, more=more), name="other.yaml")
    assert read_pack(BASE + PRACTICE.format(purpose="practice", more=""), name="other.yaml")


def test_a_pack_that_has_advice_in_practice_is_not_loaded():
    with pytest.raises(PackError, match="nobody advises or decides"):
        read_pack(BASE + PRACTICE.format(purpose="practice", more="").replace("act: do", "act: advise"), name="x.yaml")
