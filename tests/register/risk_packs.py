# ruff: noqa: E501 (the pack is as an officer writes it)
"""An invented policy that places each risk and opportunity on a matrix, and risks made under it."""

from datetime import date
from typing import Any

from accounts.models import User
from accounts.roles import Role
from policy.models import PolicyVersion
from register import services
from register.facts import Asked
from register.models import Partnership, Risk, Side
from tests.factories import make_partnership, make_user

COLUMNS = """
    columns:
      - {id: note, label: What could happen, type: long_text, required: true}
      - {id: likelihood, label: Likelihood, type: number, required: true}
      - {id: impact, label: Impact, type: number, required: true}
      - {id: owner, label: Risk owner, type: person, required: true}
      - {id: control, label: Control, type: long_text}
"""
PACK = """\
code: matrix-2031
version: "{version}"
title: A policy with a matrix
roles:
  - {{id: lead_officer, label: Lead officer, kind: officer}}
  - {{id: register_manager, label: Register manager, kind: officer}}
  - {{id: management_team, label: Board, kind: body}}
definition:
  intro: Two or more bodies that work together.
  tests:
    - {{id: test-1, question: Are there two bodies?}}
sections:
  - {{id: identity, title: What it is}}
lists:
  - id: risk-kinds
    label: Kinds of risk
    values:
      - {{id: financial, label: Financial}}
      - {{id: reputation, label: Reputation}}
fields:
  - {{id: field-name, section: identity, label: Name, type: text, core: name, required: always}}
  - id: field-risks
    section: identity
    label: Risks
    type: rows
    list: risk-kinds
    core: risks{columns}
  - {{id: field-opportunities, section: identity, label: Opportunities, type: rows, core: opportunities}}
matrices:
  - id: common
    title: Likelihood by impact
    likelihood: [{{id: "1", number: 1, label: Rare}}, {{id: "2", number: 2, label: Unlikely}}, {{id: "3", number: 3, label: {third}}}, {{id: "4", number: 4, label: Likely}}, {{id: "5", number: 5, label: Almost certain}}]
    impact: [{{id: "1", number: 1, label: Slight}}, {{id: "2", number: 2, label: Minor}}, {{id: "3", number: 3, label: Moderate}}, {{id: "4", number: 4, label: Major}}, {{id: "5", number: 5, label: Severe}}]
    levels: [{{id: low, label: Low}}, {{id: medium, label: Medium}}, {{id: high, label: High}}]
    bands: [{{level: low, up_to: 5}}, {{level: medium, up_to: {medium_up_to}}}, {{level: high}}]
    impact_bands: [{{level: low, up_to: 2}}, {{level: medium, up_to: 3}}, {{level: high}}]
    used_for: [{used_for}]
    contingency_plan_from: high
    contingency_warning: The policy asks for one when impact is High.
"""


def put_matrix_in_force(
    version: str = "1",
    *,
    on: date = date(2020, 1, 1),
    third: str = "Possible",
    medium_up_to: int = 12,
    used_for: str = "risks, opportunities",
    columns: str = "",
) -> PolicyVersion:
    """The policy with its matrix; other words or bands make another scale."""
    text = PACK.format(version=version, third=third, medium_up_to=medium_up_to, used_for=used_for, columns=columns)
    return PolicyVersion.objects.load(text, by=None, in_force_from=on)


def make_risk(
    partnership: Partnership | None = None,
    *,
    likelihood: str = "",
    impact: str = "",
    version: PolicyVersion | None = None,
    by: User | None = None,
    **facts: Any,
) -> Risk:
    """A risk as its form adds it, placed on the scale of `version` where likelihood and impact are given."""
    by = by or make_user(Role.REGISTER_MANAGER, name="T.W.")
    facts.setdefault("side", Side.RISK)
    row = Risk(partnership=partnership or make_partnership(), **facts)
    asked = Asked(version.policy if version else None, today=date(2026, 11, 21), version=version)
    points = asked.risk_points(row)
    typed = {"likelihood": likelihood, "impact": impact}
    services.add_row(row, points, {fact.name: typed[fact.name] for fact in points}, by=by, version=version)
    return row
