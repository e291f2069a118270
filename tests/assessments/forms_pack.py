# ruff: noqa: E501 (packs are as an officer writes them)
"""A made-up policy whose forms ask in every way that a policy can, and entries under it."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from accounts.roles import Role
from assessments.models import Response
from policy.models import PolicyVersion
from register.models import Partnership
from tests.factories import make_partnership, make_user

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

EVERY_WAY = """\
code: every-way
version: "1"
title: A policy that asks in every way
roles:
  - {id: lead_officer, label: Lead officer, kind: officer}
  - {id: management_team, label: Management team, kind: body}
definition:
  intro: Two or more bodies that work together.
  tests:
    - {id: test-1, question: Are there two bodies?}
lists:
  - {id: reasons, label: Reasons, values: [{id: ended, label: Funding ended}, {id: changed, label: Aims changed}, {id: old, label: An old reason, active: false}]}
  - {id: themes, label: Themes, kept_by: council}
  - {id: priorities, label: Priorities, kept_by: council}
scales:
  - id: three
    label: Self-assessment
    points:
      - {id: "1", number: 1, label: "No", action: required}
      - {id: "2", number: 2, label: With room for improvement, action: optional}
      - {id: "3", number: 3, label: Effectively}
  - id: rating
    label: Rating
    has_average: true
    points: [{id: "1", number: 1, label: Poor, warns: true}, {id: "2", number: 2, label: Fair, warns: true}, {id: "3", number: 3, label: Good}, {id: "4", number: 4, label: Very good}, {id: "5", number: 5, label: Excellent}]
  - {id: places, label: Places, is_rank: true, points: [{id: "1", label: First, number: 1}, {id: "2", label: Second, number: 2}, {id: "3", label: Third, number: 3}]}
schemes:
  risk:
    title: Risk
    label: risk
    clause: Section 1
    levels: [{id: low, label: Low}, {id: high, label: High}]
    listed_from: high
    suggestion: {method: highest, sentence: The highest level counts.}
    criteria:
      - {id: risk-1, clause: Section 1, label: Risk, question: How risky is it?, words: {low: little, high: much}}
sections:
  - {id: identity, title: What it is}
fields:
  - {id: field-name, section: identity, label: Name, type: text, core: name, required: always}
  - {id: towns, section: identity, label: Towns served, type: number, unit: towns}
  - {id: slogan, section: identity, label: Slogan, type: text}
questionnaires:
  - id: types
    title: Every type of answer
    occasions: [any_time]
    force: guidance
    sections:
      - id: types-one
        title: One of each
        questions:
          - {id: q-text, text: A text?, type: text}
          - {id: q-long-text, text: A long text?, type: long_text}
          - {id: q-yes-no, text: Yes or no?, type: yes_no}
          - {id: q-dont-know, text: "Yes, no or not known?", type: yes_no_dont_know}
          - {id: q-choice, text: Which reason?, type: choice, list: reasons}
          - {id: q-multi-choice, text: Which reasons?, type: multi_choice, list: reasons}
          - {id: q-scale, text: How is it?, type: scale, scale: three}
          - {id: q-rating, text: How good is it?, type: scale, scale: rating}
          - id: q-rank
            text: In which order?
            type: rank
            scale: places
            parts:
              - {id: q-rank-a, text: Set policy, type: rank, scale: places}
              - {id: q-rank-b, text: Deliver, type: rank, scale: places}
          - {id: q-number, text: How many?, type: number, unit: people}
          - {id: q-money, text: How much?, type: money, unit: £ a year}
          - {id: q-hours, text: How many hours?, type: hours}
          - {id: q-hours-a-week, text: How many hours a week?, type: hours_a_week}
          - {id: q-date, text: On which day?, type: date}
          - {id: q-month, text: In which month?, type: month}
          - {id: q-email, text: At which address?, type: email}
          - {id: q-file, text: The plan, type: file, attachment: required}
          - {id: q-person, text: Who?, type: person}
          - {id: q-people, text: Which people?, type: people}
          - {id: q-organisation, text: Which body?, type: organisation}
          - {id: q-organisations, text: Which bodies?, type: organisations}
          - {id: q-links, text: Which priorities?, type: links, list: priorities}
          - id: q-rows
            text: What are the risks?
            type: rows
            min_rows: 1
            max_rows: 3
            columns:
              - {id: risk, label: Risk, type: long_text, required: true}
              - {id: reason, label: Reason, type: choice, list: reasons}
              - {id: reasons, label: Reasons, type: multi_choice, list: reasons}
              - {id: how, label: How likely, type: scale, scale: three}
              - {id: level, label: Level, type: choice, scheme: risk}
              - {id: cost, label: Cost, type: money, unit: £ a year}
              - {id: by, label: By when, type: date}
              - {id: month, label: Month, type: month}
              - {id: who, label: Owner, type: person}
              - {id: is-new, label: Is it new, type: yes_no}
              - {id: is-known, label: Is it known, type: yes_no_dont_know}
              - {id: place, label: Place, type: rank, scale: places}
              - {id: contact, label: Contact, type: email}
              - {id: score, label: Score, type: computed}
          - {id: q-statement, text: Read this., type: statement}
          - {id: q-decision, text: Management team, type: decision}
          - {id: q-sum, text: People in all, type: computed, computed_from: [q-number]}
  - id: review
    title: Yearly review
    occasions: [yearly_review]
    force: compulsory
    prompts:
      - {id: well, text: What do we do well?}
      - {id: stop, text: What should we stop?, action: optional}
    results:
      - {id: weak, questions: [r-legal, r-clear], answers: [false], at_least: 1, sentence: "{count} of {of} are not in place"}
    sections:
      - id: staffing
        title: Staffing
        group: Governance
        questions:
          - {id: r-topic, text: How does staffing stand?, type: scale, scale: three, required: "yes", action: optional}
          - {id: r-evidence, text: Are roles clear?, type: long_text, required: "no", evidence: required}
          - {id: r-legal, text: Is the legal status known?, type: yes_no, required: "no", reason: required, warning_on: [false], warning: The status must be known.}
          - {id: r-clear, text: Is the purpose clear?, type: yes_no, required: "no"}
          - {id: r-eia, text: Has the effect on equality been assessed?, type: yes_no, required: "yes", action: required, action_on: [false], action_due_months: 6}
          - {id: r-eia-plan, text: What is the plan?, type: long_text, required: "yes", asked_when: {question: r-eia, one_of: [false]}}
          - {id: r-eia-who, text: Who leads the plan?, type: person, required: "yes", asked_when: {question: r-eia-plan, one_of: ["nobody"]}}
          - {id: r-terms, text: Are terms of reference agreed?, type: yes_no_dont_know, attachment: expected, attachment_on: [true]}
      - id: account
        title: Held to account
        group: Governance
        questions:
          - id: r-account
            text: The partnership is held to account in all three ways
            type: yes_no
            required: "no"
            action: optional
            action_on: [false]
            parts_rule: all_yes
            parts:
              - {id: r-account-a, text: By its members, type: yes_no, required: "no"}
              - {id: r-account-b, text: By the bodies involved, type: yes_no, required: "no"}
              - {id: r-account-c, text: By local people, type: yes_no, required: "no"}
          - id: r-training
            text: Can staff get training?
            type: statement
            parts:
              - {id: r-training-a, text: On appraisal, type: text}
              - {id: r-training-b, text: On equality, type: text}
          - {id: r-slogan, text: What is its slogan?, type: text, required: "no", prefill: slogan, feeds: slogan}
          - {id: r-towns, text: How many towns?, type: number, required: "no", unit: towns, prefill: towns, feeds: towns}
      - id: focus
        title: Action focus
        group: Performance
        questions:
          - {id: f-1, text: Is there a clear vision?, type: scale, scale: rating, required: "no"}
          - {id: f-2, text: Are values shared?, type: scale, scale: rating, required: "no"}
          - {id: f-3, text: Is there added value?, type: scale, scale: rating, required: "no"}
      - id: efficiency
        title: Efficiency
        group: Performance
        prompts: false
        questions:
          - {id: f-4, text: Do resources match plans?, type: scale, scale: rating, required: "no"}
          - {id: f-5, text: Is support effective?, type: scale, scale: rating, required: "no"}
          - {id: f-6, text: Are meetings effective?, type: scale, scale: rating, required: "no"}
          - {id: f-weak, text: Is something not in place?, type: computed, result: weak}
  - id: plan
    title: Action plan
    occasions: [any_time]
    force: guidance
    sections:
      - id: plan-one
        title: Plan
        questions:
          - id: plan-rows
            text: What is to be done?
            type: rows
            feeds: actions
            columns:
              - {id: action, label: Action, type: long_text, required: true}
              - {id: owner, label: Who, type: person}
              - {id: due_on, label: By when, type: date}
              - {id: done_on, label: Done on, type: date}
  - id: summary
    title: Summary sheet
    occasions: [any_time]
    force: guidance
    sections:
      - id: summary-one
        title: Summary
        questions:
          - {id: s-name, text: Partnership, type: computed, prefill: name}
          - {id: s-average, text: Average by section, type: computed, computed_from: [f-1, f-2, f-3, f-4, f-5, f-6]}
          - {id: s-yes, text: In place, type: computed, computed_from: [r-legal, r-clear]}
          - {id: s-right, text: Is the role right?, type: yes_no}
"""


def put_in_force(text: str = EVERY_WAY, *, since: date = date(2020, 1, 1)) -> PolicyVersion:
    """The made-up policy, in force."""
    return PolicyVersion.objects.load(text, by=None, in_force_from=since)


def make_entry(text: str = EVERY_WAY, *, lead: User | None = None, **facts: Any) -> Partnership:
    """An active entry under the made-up policy."""
    lead = lead or make_user(Role.LEAD_OFFICER, name="D.F.")
    return make_partnership(policy_version=put_in_force(text), lead_officer=lead, **facts)


def begin(partnership: Partnership, questionnaire: str, *, at: datetime = AT) -> Response:
    """A form that was started."""
    return Response.start(
        partnership,
        questionnaire,
        occasion="any_time",
        by=partnership.lead_officer,
        policy_version=partnership.policy_version,
        at=at,
    )


def typed_in(page: Any) -> dict[str, Any]:
    """What the page's form would send as it stands."""
    found: dict[str, Any] = {}
    for field in page.select("main form input, main form textarea, main form select"):
        name, kind = field.get("name"), field.get("type", "")
        if not name or kind in ("submit", "file") or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]")
            found[name] = chosen["value"] if chosen else ""
        elif kind == "checkbox":
            found.setdefault(name, []).append(field.get("value", "on"))
        else:
            found[name] = field.text if field.name == "textarea" else field.get("value", "")
    return found
