"""A new version of the policy: what was judged under the old one keeps it; what it changes is assessed again."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.roles import Role
from assessments import services, work
from assessments.models import Assessment
from policy.models import PolicyVersion
from policy.reading import PACKS
from register.models import Status
from tests.assessments.making import LEVELS, make_assessment, make_entry, make_response
from tests.factories import make_partnership, make_user, put_policy_in_force
from tests.policy.two_versions import SECOND, changed

pytestmark = pytest.mark.django_db

LATER = datetime(2027, 5, 3, 9, 0, tzinfo=UTC)
REASONS = [
    "Council resource contribution: Low is now below £60,000 a year; it was below £50,000 a year",
    "Consequence if the partnership fails: Medium now means “trouble for a year”; it meant “short-term trouble”",
]


@pytest.fixture
def assessed():
    """An entry assessed under version 1."""
    return make_assessment()


def put_second_in_force(text=SECOND, *, on=date(2026, 11, 20)):
    PolicyVersion.objects.load(text, by=None, in_force_from=on)
    return PolicyVersion.objects.get(code="breckland-2015", version="2")


def address(version):
    return reverse("assessments:to_reassess", args=[version.code, version.version])


def started(assessed, version):
    draft = Assessment.start(assessed.partnership, by=assessed.made_by, policy_version=version, at=LATER)
    services.carry_over(draft, by=assessed.made_by)
    return draft


def test_an_assessment_reads_the_same_under_the_version_it_was_made_under(browse_as, assessed):
    path = reverse("assessments:assessment", args=[assessed.partnership.reference])
    before = browse_as(Role.AUDITOR).get(path)
    put_second_in_force()

    page = browse_as(Role.AUDITOR).get(path)

    strip = "Made under Partnership Policy 2015, version 1, in force until 19 November 2026. It is read only"
    assert strip in page
    assert strip not in before
    assert page.select_one("#brk-c03").text == before.select_one("#brk-c03").text
    assert "short-term trouble" in page


def test_a_sent_form_keeps_the_questions_of_its_version(browse_as):
    """Version 2 takes a question out of the form; what was answered in version 1 still reads whole."""
    sent = make_response(sent=True)
    path = reverse("assessments:questionnaire", args=[sent.partnership.reference, sent.questionnaire, sent.slug])
    before = browse_as(Role.AUDITOR).get(path)
    put_second_in_force()

    page = browse_as(Role.AUDITOR).get(path)

    assert "Answered under Partnership Policy 2015, version 1, in force until 19 November 2026. It is read only" in page
    assert "How often does it meet?" in page
    assert "In which months does it meet?" not in page
    assert [row.text for row in page.select("main dt")] == [row.text for row in before.select("main dt")]


def test_an_entry_is_to_be_assessed_again_when_its_levels_mean_something_else(browse_as, assessed):
    version = put_second_in_force()

    page = browse_as(Role.AUDITOR).get(address(version))

    assert [each.text for each in page.select("main ul.govuk-list--bullet li")] == REASONS
    assert [each.a.text for each in page.select("tbody th")] == [assessed.partnership.name]
    assert "17 Nov 2026" in page.select_one("tbody td:last-child").text


def test_a_version_that_only_reads_otherwise_asks_for_nothing(browse_as, assessed):
    version = put_second_in_force(changed(("ref: BRK-H28, label: Officer}", "ref: BRK-H28, label: Council officer}")))

    assert "Nothing is to be assessed again" in browse_as(Role.AUDITOR).get(address(version))


def test_what_was_assessed_again_or_left_is_not_asked(assessed):
    version = put_second_in_force()
    lead = assessed.made_by
    draft = started(assessed, version)
    draft.judge("risk", {"brk-c03": ("high", "Nobody else could", "")}, by=lead)
    draft.set_overall("risk", level="high", reason="", by=lead)
    draft.set_overall("value", level="high", reason="", by=lead)
    assert [each.entries for each in services.to_make_again(version)] == [1]  # a draft does not count yet

    services.complete(draft, by=lead, at=LATER)
    assert services.to_make_again(version) == []

    other = make_assessment(make_partnership(policy_version=assessed.policy_version, lead_officer=lead))
    assert [each.partnership for each in Assessment.objects.to_make_again(version)] == [other.partnership]
    manager = make_user(Role.REGISTER_MANAGER)
    for status in (Status.LEAVING, Status.LEFT):
        other.partnership.move(status, by=manager, reason="It ended")
    assert services.to_make_again(version) == []


def test_answers_that_mean_the_same_come_over_marked_and_the_rest_is_asked(browse_as, assessed):
    version = put_second_in_force()
    draft = started(assessed, version)

    kept = {each.criterion: each.level for each in draft.judgements.filter(scheme="risk")}
    assert kept == {name: level for name, level in LEVELS["risk"].items() if name != "brk-c03"}
    assert not draft.overalls.exists()

    path = reverse("assessments:judge", args=[assessed.partnership.reference, draft.slug, "risk"])
    page = browse_as(assessed.made_by).get(path)
    assert "From version 1. Check that it still holds" in question(page, "brk-c05")
    assert "Means something else than in version 1" in question(page, "brk-c03")
    assert "From version 1" not in question(page, "brk-c02")  # its figure decides it anew

    draft.judge("risk", {"brk-c05": ("high", "The region reads of it", "")}, by=assessed.made_by)
    assert "From version 1" not in question(browse_as(assessed.made_by).get(path), "brk-c05")


def question(page, criterion):
    return page.select_one(f"[aria-labelledby=judge-{criterion}]").text


def test_a_new_criterion_is_asked_and_says_so(browse_as, assessed):
    text = changed().replace("- id: brk-c05\n", "- id: new-one\n").replace("brk-c05: ", "new-one: ")
    version = put_second_in_force(text)
    draft = started(assessed, version)

    path = reverse("assessments:judge", args=[assessed.partnership.reference, draft.slug, "risk"])
    assert "New in version 2" in question(browse_as(assessed.made_by).get(path), "new-one")
    assert not draft.judgements.filter(criterion__in=["new-one", "brk-c05"]).exists()


def test_nothing_comes_over_from_another_councils_policy(browse_as, assessed):
    """Two councils that merge: the same ids in a policy of another code stand for nothing here."""
    other = changed(text=(PACKS / "breckland-2015.yaml").read_text(encoding="utf-8")).replace(
        "code: breckland-2015", "code: merged-2027", 1
    )
    PolicyVersion.objects.load(other, by=None, in_force_from=date(2026, 11, 20))
    merged = PolicyVersion.objects.get(code="merged-2027")

    draft = started(assessed, merged)

    assert not draft.judgements.exists()
    page = browse_as(Role.AUDITOR).get(address(merged))
    assert "Assessed under another policy: Partnership Policy 2015" in page
    assert assessed.partnership.name in page


def test_the_register_manager_finds_them_on_the_home_page(assessed):
    put_second_in_force()
    manager = make_user(Role.REGISTER_MANAGER)

    found = work.to_reassess(manager, date(2026, 11, 21))

    assert [line.words for line in found.lines] == ["See the 1 entry to assess again"]
    assert work.to_reassess(make_user(Role.LEAD_OFFICER), date(2026, 11, 21)) is None


def test_before_the_new_version_holds_nobody_is_asked(assessed):
    put_second_in_force(on=date(2027, 4, 1))

    assert work.to_reassess(make_user(Role.REGISTER_MANAGER), date(2027, 3, 31)).lines == []
    assert len(work.to_reassess(make_user(Role.REGISTER_MANAGER), date(2027, 4, 1)).lines) == 1


@pytest.mark.parametrize("entries", [2, 8])
def test_the_list_takes_the_same_queries_for_any_number_of_entries(browse_as, django_assert_max_num_queries, entries):
    put_policy_in_force()
    lead = make_user(Role.LEAD_OFFICER, name="D.F.")
    first = PolicyVersion.objects.get()
    for _ in range(entries):
        make_assessment(make_partnership(policy_version=first, lead_officer=lead))
    version = put_second_in_force()
    browsing = browse_as(Role.AUDITOR)
    browsing.get(address(version))

    with django_assert_max_num_queries(14):
        page = browsing.get(address(version))

    assert len(page.select("tbody tr")) == entries


def test_a_version_that_never_was_is_not_found(browse_as):
    make_entry()
    page = browse_as(Role.AUDITOR).get(reverse("assessments:to_reassess", args=["breckland-2015", "9"]))
    assert page.status == 404
