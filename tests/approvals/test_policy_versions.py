"""A new version of the policy is decided on its route before it holds; what nobody decided says so for good."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.roles import Role
from approvals import policy_versions, services
from approvals.models import Request, Status, Turn
from policy.deciding import standing_of
from policy.models import PolicyVersion
from policy.refused import Refused
from reports.catalogue import NOW
from tests.approvals.making import LATER, SENT_AT, Council
from tests.approvals.send_up_pages import second, send_up, waiting
from tests.factories import make_user, put_policy_in_force

pytestmark = pytest.mark.django_db
DECIDED = date(2026, 11, 20)  # the day of LATER


def council_of(pack):
    return Council(pack)


def in_force_page(version):
    return reverse("policy:put_in_force", args=[version.code, version.version])


def day(on):
    return {"on_0": str(on.day), "on_1": str(on.month), "on_2": str(on.year)}


# The three policies that have a new version decided: the steps after it is sent up, who takes each, and the outcome.
ROUTES = [
    ("harborough-2015", [("har-f17-executive", "executive", "agree")]),  # HAR-F17, HAR-G09
    (
        "redditch",  # RED-E13, E33, E19, E27
        [
            ("red-framework-legal", "legal", ""),
            ("red-framework-cmt", "cmt", "agree"),
            ("red-framework-decide", "executive", "agree"),
        ],
    ),
    ("strategy-2009", [("str-f12-agree", "executive", "agree")]),  # STR-F12, STR-I01
]


@pytest.mark.parametrize(("pack", "steps"), ROUTES)
def test_a_version_goes_its_route_and_is_put_in_force_by_its_decision(pack, steps):
    council = council_of(pack)
    request = send_up(council)
    version = policy_versions.version_of(request)
    assert PolicyVersion.objects.in_force(DECIDED) == council.version
    for step, who, outcome in steps:
        assert set(Turn.objects.values_list("step", flat=True)) == {step}
        record = council.take(request, step, outcome, by=getattr(council, who))

    assert (request.status, request.outcome) == (Status.DECIDED, "agree")
    standing = standing_of(version, DECIDED)
    assert standing.decided_on == DECIDED
    PolicyVersion.objects.put_in_force(version, DECIDED, decision=standing.decision)
    version.refresh_from_db()
    assert version.decision == f"{record.body}: Agree, 20 November 2026 ({record})"
    assert PolicyVersion.objects.in_force(DECIDED) == version
    council.version.refresh_from_db()
    assert council.version.in_force_to == date(2026, 11, 19)


def test_those_who_decide_see_what_it_changes_in_sentences(browse_as):
    council = council_of("harborough-2015")
    request = send_up(council)
    page = browse_as(council.executive).get(reverse("approvals:step", args=[request.reference, "har-f17-executive"]))
    assert "value is now 24; it was 36" in page.words

    record = council.take(request, "har-f17-executive", "agree", by=council.executive)

    sealed = [row["words"] for row in record.paper["facts"] if row["section"].startswith("What it changes")]
    assert len(sealed) == 1
    assert "value is now 24; it was 36" in sealed[0]
    assert {row["words"] for row in record.paper["facts"]} > {policy_versions.version_of(request).digest}


def test_a_version_of_another_policy_says_that_nothing_carries_over():
    council = council_of("harborough-2015")
    version = waiting("melton") if PolicyVersion.objects.filter(code="melton").exists() else None
    version = version or PolicyVersion.objects.load(second("melton"), by=None, in_force_from=None)
    request = services.send_up(
        "har-policy", about=policy_versions.about(version), why="", by=council.manager, version=council.version,
        at=SENT_AT,
    )  # fmt: skip

    record = council.take(request, "har-f17-executive", "agree", by=council.executive)

    assert "It is another policy" in record.paper["facts"][-1]["words"]


def test_a_version_is_put_in_force_once():
    council = council_of("harborough-2015")
    version = waiting()
    PolicyVersion.objects.put_in_force(version, DECIDED)

    with pytest.raises(Refused, match="in force from 20 November 2026 already"):
        PolicyVersion.objects.put_in_force(version, date(2027, 1, 1))
    with pytest.raises(Refused, match="already, so nobody has to decide on it"):
        services.send_up(
            "har-policy", about=policy_versions.about(version), why="", by=council.manager, version=council.version,
            at=SENT_AT,
        )  # fmt: skip
    assert not Request.objects.exists()


def test_a_version_does_not_start_before_the_one_in_force_and_nothing_changes():
    first = put_policy_in_force("harborough-2015")
    version = waiting()

    with pytest.raises(Refused, match="Choose a later day"):
        PolicyVersion.objects.put_in_force(version, first.in_force_from)
    first.refresh_from_db()
    version.refresh_from_db()
    assert (first.in_force_to, version.in_force_from, version.decision) == (None, None, "")


@pytest.mark.parametrize(
    ("pack", "says"),
    [
        ("harborough-2015", "Put in force without the decision that “Reviewing the policy” of version 1 asks for"),
        ("breckland-2015", ""),  # asks nobody, so nothing is said
    ],
)
def test_what_nobody_decided_says_so_where_the_policy_asks_for_it(pack, says):
    version = waiting(pack)
    PolicyVersion.objects.put_in_force(version, DECIDED)
    version.refresh_from_db()
    assert version.decision == says


def load(tmp_path, pack, *options):
    path = tmp_path / "second.yaml"
    path.write_text(second(pack), encoding="utf-8")
    out, errors = StringIO(), StringIO()
    call_command("load_policy", str(path), *options, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def test_the_command_warns_of_what_nobody_decided_and_keeps_it_on_record(tmp_path):
    put_policy_in_force("harborough-2015")

    out, errors = load(tmp_path, "harborough-2015", "--in-force-from=2026-11-20")

    assert "is loaded and in force from 20 November 2026" in out
    assert "Put in force without the decision that “Reviewing the policy” of version 1 asks for" in errors
    assert PolicyVersion.objects.get(version="2").decision in errors


def test_the_command_keeps_a_version_to_be_decided_first(tmp_path):
    first = put_policy_in_force("harborough-2015")

    out, errors = load(tmp_path, "harborough-2015", "--not-in-force")

    assert (out.strip().endswith("is loaded and not in force yet"), errors) == (True, "")
    assert PolicyVersion.objects.in_force(date(2090, 1, 1)) == first
    with pytest.raises(CommandError, match="and not both"):
        load(tmp_path, "harborough-2015", "--not-in-force", "--in-force-from=2026-11-20")


def test_a_council_without_such_a_route_is_told_nothing(tmp_path, browse_as):
    put_policy_in_force()
    out, errors = load(tmp_path, "breckland-2015", "--in-force-from=2026-11-20")
    assert "in force from" in out
    assert errors == ""
    third = PolicyVersion.objects.load(
        second("breckland-2015").replace('version: "2"', 'version: "3"'), by=None, in_force_from=None
    )

    assert standing_of(third, DECIDED) is None
    browser = browse_as(Role.REGISTER_MANAGER)
    page = browser.get(reverse("policy:version", args=[third.code, third.version]))
    assert "asks nobody to decide on a new version" in page.words
    assert browser.get(reverse("approvals:policy_send", args=[third.code, third.version])).status == 404
    assert not browser.get(in_force_page(third)).select(".govuk-warning-text")


def test_it_is_sent_up_from_its_page_and_put_in_force_from_the_decided_day_on(browse_as, settings):
    council = council_of("harborough-2015")
    version = waiting()
    browser = browse_as(make_user(Role.ADMINISTRATOR, name="A.D."))
    page = browser.get(reverse("policy:version", args=[version.code, version.version]))
    assert "This version is kept and not in force yet" in page.words
    send = page.find("a", string="Send it up")["href"]
    assert "Approve the new version" in browser.get(send).words

    sent = browser.post(send, {"why": "Three years."})
    request = Request.objects.get()

    assert f"{request.reference} is sent. It is the turn of Executive now" in sent.banner
    again = browser.post(send, {"why": "Again."})
    assert again.errors == [f"{request.reference} about it is on its way already. Its page says who has a turn"]
    warned = browser.get(in_force_page(version))
    assert "Nobody has agreed to this version yet" in warned.select_one(".govuk-warning-text").text

    council.take(request, "har-f17-executive", "agree", by=council.executive)
    page = browser.get(in_force_page(version))
    assert not page.select(".govuk-warning-text")
    assert "(D-2026-001)" in page.words
    early = browser.post(in_force_page(version), day(date(2026, 11, 19)))
    assert early.errors == ["It was agreed on 20 November 2026. Enter that day or a later one"]
    done = browser.post(in_force_page(version), day(DECIDED))

    assert "is in force from 20 November 2026" in done.banner
    assert "Decision: Executive: Agree, 20 November 2026 (D-2026-001)" in done.words
    assert "D-2026-001" in browser.get(reverse("reports:paper", args=["versions", NOW])).words  # HAR-G09


def test_a_version_that_came_back_is_sent_again_as_the_same_request():
    council = council_of("harborough-2015")
    request = send_up(council)
    council.take(request, "har-f17-executive", "return", by=council.executive)
    version = policy_versions.version_of(request)
    assert standing_of(version, DECIDED).send

    again = services.send_up(
        "har-policy", about=policy_versions.about(version), why="Clearer.", by=council.manager,
        version=council.version, at=LATER,
    )  # fmt: skip

    assert (again.pk, again.round) == (request.pk, 2)


def test_whoever_sent_it_up_does_not_approve_it():
    council = council_of("harborough-2015")
    both = make_user(Role.REGISTER_MANAGER, Role.EXECUTIVE)
    request = send_up(council, by=both)

    with pytest.raises(Refused, match="You proposed this, so others decide"):
        council.take(request, "har-f17-executive", "agree", by=both)


def test_the_home_of_those_who_keep_it_says_what_waits_and_when_it_is_revised(browse_as):  # HAR-F17
    first = put_policy_in_force("harborough-2015")  # in force since 1 January 2020, revised after 36 months
    manager = make_user(Role.REGISTER_MANAGER)

    def lines(today):
        work = policy_versions.work(manager, today)
        return [(line.words, line.is_late) for line in work.lines] if work else []

    revise = f"Revise the policy: {first}"
    assert lines(date(2022, 9, 30)) == []  # 93 days before
    assert lines(date(2022, 10, 1)) == [(revise, False)]
    assert lines(date(2023, 1, 1)) == [(revise, False)]
    assert lines(date(2023, 1, 2)) == [(revise, True)]
    version = waiting()
    assert lines(date(2022, 1, 1)) == [(f"Send up {version}", False)]
    assert policy_versions.work(make_user(Role.AUDITOR), date(2023, 1, 2)) is None
    assert f"Send up {version}" in browse_as(manager).get("/").words
