# ruff: noqa: E501 (tables: one case a line)
"""Two versions of a policy side by side, as sentences."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from policy.comparing import compare, to_reassess
from policy.models import PolicyVersion
from policy.reading import read_pack
from tests.policy.packs import SMALL
from tests.policy.two_versions import FIRST, SECOND, changed, put_two_versions_in_force

OLD = read_pack(SMALL).policy


def after(*changes):
    text = SMALL
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_pack(text).policy


def test_the_contents_of_a_report_are_compared_by_their_titles():
    report = "{id: report, title: Report, answers: How is it?, covers: register, audience: management_team, how_often: live, contents: [%s]}"

    def policy(contents):
        return read_pack(f"{SMALL.rstrip()}\nreports:\n  - {report % contents}\n").policy

    plain = policy("{title: To do, part: actions}")
    more, other = (
        policy("{title: To do, part: actions}, {title: Risks, part: risks}"),
        policy("{title: To do, part: plans}"),
    )

    assert [change.sentence for change in compare(plain, more)] == [
        "Report: contents is now To do and Risks; it was To do"
    ]
    assert [change.sentence for change in compare(plain, other)] == ["Report: what shows its contents changed"]


@pytest.mark.parametrize(
    ("old", "new", "kind", "sentence"),
    [
        ("up_to: 50000", "up_to: 60000", "changed", "Money: Low is now up to £60,000 a year; it was up to £50,000 a year"),
        ("up_to: 50000", "below: 50000", "changed", "Money: Low is now below £50,000 a year; it was up to £50,000 a year"),
        ("{low: a little, high: a lot}", "{low: a little, high: very much}", "changed", "Money: High now means “very much”; it meant “a lot”"),
        ("label: Money", "label: Yearly money", "changed", "Money is now called Yearly money"),
        ("question: How much?", "question: How much a year?", "changed", "Money: the question now reads “How much a year?”. It read “How much?”"),
        ("{id: high, label: High}]", "{id: high, label: Very high}]", "changed", "Risk has the levels Low and Very high; it had Low and High"),
        ("method: highest, sentence: The highest counts.", "method: most_frequent, sentence: The most frequent counts.", "changed", "Risk: the overall level is suggested in another way. The most frequent counts."),
        ("      - {id: blue, label: Blue}", "      - {id: blue, label: Blue}\n      - {id: green, label: Green}", "new", "New value of the list “Colour”: Green"),
        ("      - {id: blue, label: Blue}\n", "", "out", "Taken out, value of the list “Colour”: Blue"),
        ("{id: red, label: Red}", "{id: red, label: Crimson}", "changed", "Red of the list “Colour” is now called Crimson"),
        ("core: name, required: always", "core: name, required: when_active", "changed", "Name is now needed once the partnership is active; it was always needed"),
        ("type: number}", "type: text}", "changed", "Number of partners: type is now text; it was number"),
        ("type: number}", "type: number, standing: proposed}", "changed", "Number of partners is now a local setting; it was in the policy"),
        ("          - {id: second,", "          - {id: third, text: Who says so?, type: text}\n          - {id: second,", "new", "New question in “Before the start”: “Who says so?”"),
        ("text: Is it ready?", "text: Is it all ready?", "changed", "“Is it ready?”: the wording now reads “Is it all ready?”. It read “Is it ready?”"),
        ("force: guidance", "force: compulsory", "changed", "Before the start: force is now compulsory; it was guidance"),
        ("role: management_team, act: decide", "role: executive, act: decide", "changed", "Decide is now for Cabinet; it was for Board"),
        ("above: 0,", "above: 1000,", "changed", "Approve the money is needed when the money outside the budget is above £1,000; it was needed when the money outside the budget is above £0"),
        ("act: decide, clause: Section 5}", "act: decide, clause: Section 5, due_days: 10}", "changed", "Decide: due days is now 10; it was not given"),
        ("{id: test-1, question: Are there two bodies?}", "{id: test-1, question: Are there two bodies?, hint: Or more}", "changed", "“Are there two bodies?” has a hint now: “Or more”"),
    ],
)  # fmt: skip
def test_a_difference_is_a_sentence(old, new, kind, sentence):
    changes = compare(OLD, after((old, new), *EXAMPLE))

    assert [(change.kind, change.sentence) for change in changes] == [(kind, sentence)]


EXAMPLE = [("  - {id: example-1, title: Much money, facts: {contribution_a_year: 60000}, expect: {levels: {money: high}}}", "  []")]  # fmt: skip


def test_steps_in_another_order_are_told():
    propose = "      - {id: propose, title: Propose, role: lead_officer, act: do, clause: Section 5}\n"
    decide = "      - {id: decide, title: Decide, role: management_team, act: decide, clause: Section 5}\n"
    new = after((propose + decide, decide + propose))

    assert [change.sentence for change in compare(OLD, new)] == ["Joining: the steps come in another order"]


def test_what_people_do_not_read_is_no_difference():
    assert compare(OLD, after(("title: Much money,", "title: Much money again,"))) == []


def test_two_policies_are_not_two_versions():
    with pytest.raises(ValueError, match="different policies"):
        compare(OLD, after(("code: small-2030", "code: other-2030")))


def test_the_parts_come_in_the_order_of_the_policy():
    changes = compare(read_pack(FIRST).policy, read_pack(SECOND).policy)

    assert [(change.part, change.kind, change.id) for change in changes] == [
        ("Lists and scales", "changed", "officer"),
        ("Levels and limits", "changed", "brk-c01"),
        ("Levels and limits", "changed", "brk-c03"),
        ("Forms", "new", "brk-d07-new"),
        ("Forms", "out", "brk-d07"),
        ("Routes and decisions", "changed", "brk-f04"),
    ]


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ([], {}),
        ([("label: Money", "label: Yearly money")], {}),
        ([("question: How much?", "question: How much a year?")], {}),
        ([("up_to: 50000", "up_to: 60000")], {"risk": ["Money: Low is now up to £60,000 a year; it was up to £50,000 a year"]}),
        ([("{low: a little, high: a lot}", "{low: little, high: a lot}")], {"risk": ["Money: Low now means “little”; it meant “a little”"]}),
        ([("code: small-2030", "code: other-2030")], {"risk": ["Assessed under another policy: A small policy"]}),
    ],
)  # fmt: skip
def test_what_a_level_means_decides_whether_to_assess_again(changes, reasons):
    assert to_reassess(OLD, after(*changes, *EXAMPLE)) == reasons


# --- On screen --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_opens_at_the_last_two_versions(browse_as):
    put_two_versions_in_force()

    page = browse_as(Role.AUDITOR).get(reverse("policy:comparison"))

    assert "6 differences" in page
    assert "Council resource contribution: Low is now below £60,000 a year; it was below £50,000 a year" in page
    assert [each.text for each in page.select("h2.govuk-heading-m")] == [
        "Lists and scales",
        "Levels and limits",
        "Forms",
        "Routes and decisions",
    ]


@pytest.mark.django_db
def test_versions_of_two_policies_are_told_apart(browse_as):
    put_two_versions_in_force()
    PolicyVersion.objects.load(SMALL, by=None, in_force_from=date(2030, 4, 1))

    path = reverse("policy:comparison")
    page = browse_as(Role.AUDITOR).get(f"{path}?from=breckland-2015/2&to=small-2030/1")

    assert "two different policies, not two versions of one. Nothing carries over" in page


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["?from=&to=breckland-2015/1", "?from=breckland-2015/7&to=breckland-2015/1"])
def test_a_version_that_is_not_there_is_asked_again(browse_as, asked):
    put_two_versions_in_force()

    page = browse_as(Role.AUDITOR).get(reverse("policy:comparison") + asked)

    assert "Select the earlier version" in page.select_one(".govuk-error-summary").text


@pytest.mark.django_db
def test_with_one_version_there_is_nothing_to_compare(browse_as):
    PolicyVersion.objects.load(changed(), by=None, in_force_from=date(2020, 1, 1))

    assert "There is only one" in browse_as(Role.AUDITOR).get(reverse("policy:comparison"))


@pytest.mark.django_db
def test_without_a_policy_the_comparison_says_so(browse_as):
    assert "nothing to compare" in browse_as(Role.AUDITOR).get(reverse("policy:comparison"))
