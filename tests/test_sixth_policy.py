"""A sixth, invented policy of another shape runs on nothing but its pack, as docs/write-your-own-policy.md promises."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from approvals import services as decisions
from approvals.models import Turn
from assessments import services
from assessments.models import Answer, Assessment, Response
from assessments.rules import assess, route, screen, significance
from policy import reading
from policy.reading import read_pack_file
from policy.refused import Refused
from register.models import Status
from tests.approvals.making import SENT_AT, Council
from tests.factories import make_partnership
from tests.pdf import Tagged, broken_rules
from tests.register.risk_packs import make_risk

PACK = Path(__file__).parent / "policy" / "westmarsh-2031.yaml"


@pytest.fixture(scope="module")
def policy():
    return read_pack_file(PACK).policy


@pytest.fixture
def westmarsh(db) -> Council:
    """Westmarsh with its pack loaded as an officer loads it, and a proposal that is shared with Fenwold."""
    call_command("load_policy", str(PACK), "--in-force-from", "2020-01-01", stdout=StringIO())
    council = Council("westmarsh-2031")
    entry = council.entry()
    entry.change(
        {"local_values": {"wm-b04": "fenwold", "wm-b13": 6}, "portfolio_holder": council.holder}, by=council.lead
    )
    council.partnership = council.entry()
    council.partnership.set_levels(risk="severe", value="great", source="import", by=council.manager)
    council.partnership = council.entry()
    active = make_partnership(
        by=council.manager,
        name="Fenwold Shared Bus",
        policy_version=council.version,
        local_values={"wm-b04": "fenwold"},
    )
    active.set_levels(risk="severe", value="vital", source="import", by=council.manager)
    return council


def write_the_case(council: Council) -> Response:
    """Answer every question of the case, and send it."""
    form = council.policy.questionnaire("wm-case")
    response = Response.start(
        council.partnership, form.id, occasion="proposal", by=council.lead, policy_version=council.version, at=SENT_AT
    )
    answers = {
        "wm-d02": "Run two half-empty buses",
        "wm-d03": True,
        "wm-d03a": "2026-09-14",
        "wm-d04": "3",
        "wm-d05": "60000",
        "wm-d06": "fenwold",
        "wm-d07": ["money", "name"],
        "wm-d08": [{"what": "Fenwold agrees", "by-when": "2027-01-31"}],
    }
    services.keep_answers(
        response, form, {name: {"value": value} for name, value in answers.items()}, {}, by=council.lead, at=SENT_AT
    )
    response.refresh_from_db()
    services.send(response, form, by=council.lead, at=SENT_AT)
    response.refresh_from_db()
    return response


def proposal(council: Council) -> decisions.Request:
    request = decisions.start(council.partnership, "wm-joining", by=council.lead, version=council.version, at=SENT_AT)
    request.say_why("Fenwold and Westmarsh share a bus.", by=council.lead)
    write_the_case(council)
    decisions.send(request, by=council.lead, at=SENT_AT)
    request.refresh_from_db()
    return request


def to_the_board(council: Council) -> decisions.Request:
    request = proposal(council)
    council.take(request, "wm-f02", by=council.manager)
    council.take(request, "wm-f03", by=council.finance)
    council.take(request, "wm-f04", by=council.head)
    return request


# --- The pack ---------------------------------------------------------------------------------


def test_check_passes_with_the_pack_among_those_of_the_register(monkeypatch, tmp_path):
    (tmp_path / PACK.name).write_text(PACK.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(reading, "PACKS", tmp_path)

    call_command("check", stdout=StringIO())


def test_check_names_the_example_when_a_limit_slips(monkeypatch, tmp_path):
    text = PACK.read_text(encoding="utf-8")
    assert text.count("below: 5000}") == 1
    (tmp_path / PACK.name).write_text(text.replace("below: 5000}", "below: 6000}"), encoding="utf-8")
    monkeypatch.setattr(reading, "PACKS", tmp_path)

    with pytest.raises(Exception, match=r"examples\[1\]\.expect\.levels\.wm-c03: .* comes out as slight"):
        call_command("check", stdout=StringIO())


@pytest.mark.parametrize(
    ("contribution", "people", "name", "suggested"),
    # Money counts three times, people twice, the name once; bands end at 1.5, 2.5 and 3.25.
    [
        (0, "slight", "slight", "slight"),  # 6/6 = 1
        (0, "fair", "fair", "slight"),  # (3 + 4 + 2) / 6 = 1.5, on the line
        (0, "grave", "fair", "fair"),  # (3 + 6 + 2) / 6 = 1.83
        (90_000, "slight", "slight", "fair"),  # (12 + 2 + 1) / 6 = 2.5, on the line
        (90_000, "slight", "fair", "grave"),  # (12 + 2 + 2) / 6 = 2.67
        (90_000, "fair", "severe", "severe"),  # (12 + 4 + 4) / 6 = 3.33
    ],
)
def test_the_weights_of_the_pack_suggest_the_level(policy, contribution, people, name, suggested):
    found = assess(policy, {"contribution_a_year": contribution}, {"risk": {"wm-c04": people, "wm-c05": name}})

    assert found.schemes["risk"].suggested == suggested


@pytest.mark.parametrize(("answer", "is_partnership"), [(True, True), (False, False)])
def test_its_own_tests_say_what_is_a_partnership(policy, answer, is_partnership):
    answers = {"wm-a05": answer, "wm-a06": True, "wm-a07": True, "wm-a08": False, "wm-a09": False, "wm-a10": False}

    assert screen(policy, answers).is_partnership is is_partnership


def test_its_own_grounds_make_a_key_partnership(policy):
    assert significance(policy, {"contribution_a_year": 39_999, "risk_level": "grave"}).is_significant is False
    assert significance(policy, {"contribution_a_year": 39_999, "risk_level": "severe"}).is_significant is True


def test_the_joint_committee_decides_only_what_is_shared(policy):
    def needed(shared_with):
        steps = route(policy, "wm-joining", {"wm-b04": shared_with, "unbudgeted_a_year": 0})
        return [found.step.id for found in steps if found.included]

    assert needed("fenwold") == ["wm-f01", "wm-f02", "wm-f03", "wm-f04", "wm-f05", "wm-f06"]
    assert needed("nobody") == ["wm-f01", "wm-f02", "wm-f03", "wm-f04", "wm-f05"]


# --- From a proposal to a decision ------------------------------------------------------------


def test_an_entry_is_rated_by_the_weights(westmarsh):
    draft = Assessment.start(westmarsh.partnership, by=westmarsh.lead, policy_version=westmarsh.version, at=SENT_AT)
    draft.judge("risk", {"wm-c04": ("grave", "One parish", ""), "wm-c05": ("fair", "", "")}, by=westmarsh.lead)
    draft.judge("worth", {"wm-c12": ("useful", "A bus", "")}, by=westmarsh.lead)
    draft.set_overall("risk", level="grave", reason="", by=westmarsh.lead)
    draft.set_overall("worth", level="great", reason="", by=westmarsh.lead)
    services.complete(draft, by=westmarsh.lead, at=SENT_AT)

    entry = westmarsh.entry()
    # £60,000 is grave: (3 x 3 + 2 x 3 + 2) / 6 = 2.83; six parishes are great.
    assert (entry.risk_level, entry.value_level) == ("grave", "great")
    assert entry.is_significant is True


def test_the_answers_of_each_type_are_kept(westmarsh):
    response = write_the_case(westmarsh)

    kept = {answer.question: answer.value for answer in Answer.objects.filter(response=response)}
    assert response.state == Response.State.SENT
    assert kept["wm-d04"] == "3"
    assert kept["wm-d07"] == ["money", "name"]
    assert kept["wm-d08"] == [{"what": "Fenwold agrees", "by-when": "2027-01-31"}]


def test_the_board_and_the_joint_committee_take_an_entry_in(westmarsh):
    request = to_the_board(westmarsh)

    westmarsh.take(request, "wm-f05", "join", by=westmarsh.cmt)
    assert westmarsh.entry().status == Status.PROPOSED  # the Joint Committee has not spoken yet

    said = westmarsh.take(request, "wm-f06", "join", by=westmarsh.executive)
    assert said.body == "Westmarsh and Fenwold Joint Committee"
    assert westmarsh.entry().status == Status.ACTIVE


def test_the_joint_committee_can_keep_the_council_out(westmarsh):
    request = to_the_board(westmarsh)
    westmarsh.take(request, "wm-f05", "join", by=westmarsh.cmt)

    westmarsh.take(request, "wm-f06", "stay-out", by=westmarsh.holder, reason_from_list="alone")

    assert westmarsh.entry().status == Status.NOT_JOINED


def test_nobody_else_speaks_for_the_joint_committee(westmarsh):
    request = to_the_board(westmarsh)
    westmarsh.take(request, "wm-f05", "join", by=westmarsh.cmt)

    with pytest.raises(Refused, match="This step is for Westmarsh and Fenwold Joint Committee"):
        westmarsh.take(request, "wm-f06", "join", by=westmarsh.head)


def test_lists_and_the_page_of_the_policy_name_the_joint_committee(westmarsh, browse_as):
    request = to_the_board(westmarsh)
    westmarsh.take(request, "wm-f05", "join", by=westmarsh.cmt)
    assert Turn.objects.filter(request=request, step="wm-f06").count() == 2  # either role may record it

    browsing = browse_as(Role.AUDITOR)

    joint = "Westmarsh and Fenwold Joint Committee"
    assert joint in browsing.get(reverse("approvals:request", args=[request.reference]))
    assert joint in browsing.get(reverse("approvals:decision_list"))
    assert joint in browsing.get(reverse("policy:routes", args=["westmarsh-2031", "1"]))


# --- Pages, workbooks, papers -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("register:partnership", ["Marsh Valley Rural Mobility Partnership"]),
        ("register:details", ["Name of the partnership", "Shared with", "Fenwold District", "About it"]),
        ("register:risks", ["Likely by bad", "Ruinous", "Orange"]),
        ("register:money", ["£60,000 a year"]),
        ("assessments:assessment", ["Risk to the Borough", "Worth to residents"]),
        ("assessments:screening", ["Do all of them share its aims and its risks?"]),
        ("assessments:questionnaire_list", ["The case for joining", "Answer for residents, not for the partners."]),
        ("approvals:of_entry", ["Joining a partnership"]),
        ("reports:profile", ["Worth"]),
    ],
)
def test_the_pages_of_an_entry_say_what_the_pack_says(westmarsh, browse_as, name, labels):
    page = browse_as(westmarsh.lead).get(reverse(name, args=[westmarsh.partnership.reference]))

    assert page.status == 200
    assert [label for label in labels if label not in page] == []


@pytest.mark.parametrize(
    ("address", "labels"),
    [
        ("/", []),
        ("/partnerships/", ["Fenwold Shared Bus", "Severe"]),
        ("/partnerships/grid/", ["Slight", "Fair", "Grave", "Severe", "Vital"]),
        ("/reports/", []),
        ("/reports/register/", ["Fenwold Shared Bus"]),
        ("/questionnaires/", ["The case for joining", "Farewell plan"]),
        ("/policy/westmarsh-2031/1/", ["Paragraph 3"]),
        ("/policy/westmarsh-2031/1/fields/", ["Parishes reached"]),
        ("/policy/westmarsh-2031/1/levels/", ["more than a service", "Nearly certain"]),
        ("/policy/westmarsh-2031/1/forms/", ["What would the Borough do without it?"]),
        ("/policy/westmarsh-2031/1/routes/", ["Decide with Fenwold", "Spring review"]),
        ("/policy/westmarsh-2031/1/rows/?group=f", ["WM-F06"]),
        ("/policy/westmarsh-2031/1/rows/?group=local", ["Month of the spring review"]),
    ],
)
def test_the_main_pages_open_in_its_own_words(westmarsh, browse_as, address, labels):
    page = browse_as(Role.REGISTER_MANAGER).get(address)

    assert page.status == 200
    assert [label for label in labels if label not in page] == []


@pytest.mark.parametrize(
    ("likelihood", "impact", "level"),
    [("1", "2", "green"), ("2", "2", "yellow"), ("3", "2", "yellow"), ("3", "3", "orange"), ("3", "4", "red")],
)
def test_a_single_risk_falls_in_its_own_bands(westmarsh, likelihood, impact, level):
    risk = make_risk(
        westmarsh.partnership, likelihood=likelihood, impact=impact, version=westmarsh.version, note="The bus stops"
    )

    assert risk.level == level


def test_the_register_leaves_as_a_workbook_with_its_headings(westmarsh, browse_as):
    answer = browse_as(Role.AUDITOR).client.get(reverse("reports:register_xlsx"))

    sheet = load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content)).active
    words = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}
    assert "Fenwold Shared Bus" in words
    assert {"Kind of partnership", "Shared with", "Fenwold District"} <= words
    assert any("Parishes reached" in each for each in words)


def test_an_entry_leaves_as_a_tagged_pdf(westmarsh, browse_as):
    answer = browse_as(Role.AUDITOR).client.get(reverse("reports:profile_pdf", args=[westmarsh.partnership.reference]))

    pdf = b"".join(answer) if answer.streaming else answer.content
    assert broken_rules(pdf) == []
    assert "Marsh Valley Rural Mobility Partnership" in Tagged(pdf).title
