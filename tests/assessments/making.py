"""Assessments, challenges and forms for tests of addresses and pages, made by the same verbs as the pages use."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.roles import Role
from assessments import services
from assessments.models import Assessment, Challenge, Response
from register.models import Partnership, Status
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

AT = datetime(2026, 11, 17, 15, 42, tzinfo=UTC)
LEVELS = {
    "risk": {"brk-c03": "medium", "brk-c04": "high", "brk-c05": "medium", "brk-c06": "medium"},
    "value": {f"brk-c{number:02}": "high" if number % 2 else "medium" for number in range(7, 16)},
}


def make_entry(*, lead: User | None = None) -> Partnership:
    """An active entry with money and time, under Breckland's policy."""
    lead = lead or make_user(Role.LEAD_OFFICER, name="D.F.")
    made = make_partnership(policy_version=put_policy_in_force(), lead_officer=lead, hours_a_month=Decimal(86))
    make_contribution(made, 142_600)
    made.refresh_from_db()
    return made


def make_draft(partnership: Partnership | None = None) -> Assessment:
    """A draft with everything answered."""
    partnership = partnership or make_entry()
    lead = partnership.lead_officer
    draft = Assessment.start(partnership, by=lead, policy_version=partnership.policy_version, at=AT)
    for scheme, levels in LEVELS.items():
        draft.judge(scheme, {name: (level, "As the board sees it", "") for name, level in levels.items()}, by=lead)
    draft.set_overall("risk", level="medium", reason="The share is fixed for three years", by=lead)
    draft.set_overall("value", level="high", reason="", by=lead)
    return draft


def make_assessment(partnership: Partnership | None = None) -> Assessment:
    """A complete assessment with an overall level below the suggestion."""
    draft = make_draft(partnership)
    services.complete(draft, by=draft.made_by, at=AT)
    draft.refresh_from_db()
    return draft


def make_challenge() -> Challenge:
    """A challenge that waits for an answer."""
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    return Challenge.ask(
        make_assessment(), scheme="risk", criterion="brk-c05", question="Only local?", by=manager, at=AT
    )


def make_response(questionnaire: str = "brk-app-c", *, sent: bool = False) -> Response:
    """A form that was begun, with an answer or two."""
    partnership = make_entry()
    lead = partnership.lead_officer
    version = partnership.policy_version
    response = Response.start(partnership, questionnaire, occasion="any_time", by=lead, policy_version=version, at=AT)
    answers: dict[str, dict[str, Any]] = {
        "brk-app-c": {"brk-d01": {"value": "A joint committee"}, "brk-d09": {"value": "5"}},
        "brk-exit": {"brk-d26": {"value": ["funding-ended"]}},
    }.get(questionnaire, {})
    response.answer(answers, by=lead, at=AT)
    if sent:
        response.send(missing=[], by=lead, at=AT)
    return response


def make_checklist() -> Response:
    """A draft of Melton's checklist for a proposal about water."""
    lead = make_user(Role.LEAD_OFFICER, name="D.F.")
    version = put_policy_in_force("melton")
    proposal = make_partnership(
        name="Marsh Water Group",
        purpose="Drainage, flood warning and defence of the harbour",
        status=Status.PROPOSED,
        lead_officer=lead,
        policy_version=version,
    )
    return Response.start(proposal, "mel-b", occasion="proposal", by=lead, policy_version=version, at=AT)


def make_screened() -> Partnership:
    """An entry that its screening found to be a contract."""
    partnership = make_entry()
    definition = partnership.policy_version.policy.definition
    answers = {test.id: test.kind == "needed" for test in definition.tests}
    answers |= {exclusion.id: exclusion.id == "brk-a16" for exclusion in definition.exclusions}
    services.keep_screening(
        partnership, answers, version=partnership.policy_version, by=partnership.lead_officer, at=AT
    )
    partnership.refresh_from_db()
    return partnership
