"""An invented policy with a form that makes an agreement, and versions of agreements made under it."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.models import User
from accounts.roles import Role
from assessments import agreements
from assessments.models import Agreement
from policy.models import PolicyVersion
from register.models import Membership, Organisation, Partnership
from tests.factories import make_partnership, make_user

AT = datetime(2026, 11, 17, 15, 42, tzinfo=UTC)
TODAY = date(2026, 11, 21)
PACK = """\
code: agreeing-2031
version: "1"
title: A policy with an agreement
roles:
  - {id: lead_officer, label: Lead officer, kind: officer}
  - {id: management_team, label: Board, kind: body}
definition:
  intro: Two or more bodies that work together.
  tests:
    - {id: test-1, question: Are there two bodies?}
sections:
  - {id: identity, title: What it is}
  - {id: partners, title: Partners}
fields:
  - {id: field-name, section: identity, label: Name, type: text, core: name, required: always}
  - {id: field-purpose, section: identity, label: Purpose, type: long_text, core: purpose}
  - {id: field-partners, section: partners, label: Partners, type: organisations, core: partners}
questionnaires:
  - id: memorandum
    title: Memorandum of understanding
    intro: What each partner brings and how they work together.
    occasions: [set_up, any_time]
    force: guidance
    makes: agreement
    sections:
      - id: aims
        title: Aims and objectives
        guide: One paragraph for each aim.
        questions:
          - {id: aim, text: What does the partnership want to reach?, type: long_text, prefill: purpose}
      - id: membership
        title: Membership
        questions:
          - {id: members, text: Who are the members?, type: organisations, prefill: partners}
          - {id: chair, text: Who is in the chair?, hint: The vice-chair too, type: text}
      - id: ending
        title: Termination of involvement
        questions:
          - {id: notice, text: How does a member leave?, type: long_text}
"""


def put_agreement_policy_in_force(on: date = date(2020, 1, 1), *, force: str = "compulsory") -> PolicyVersion:
    """The policy whose form makes an agreement; a compulsory one leaves no heading out."""
    return PolicyVersion.objects.load(PACK.replace("force: guidance", f"force: {force}"), by=None, in_force_from=on)


def make_partners(lead: User | None = None, **facts: Any) -> Partnership:
    """An active entry with a purpose and two partners."""
    lead = lead or make_user(Role.LEAD_OFFICER, name="D.F.")
    facts.setdefault("purpose", "One bus service for three valleys.")
    made = make_partnership(lead_officer=lead, **facts)
    for name in ("Fenwold District Council", "Ashmere Borough Council"):
        organisation, _ = Organisation.objects.get_or_create(name=name)
        Membership(partnership=made, organisation=organisation).keep(by=lead)
    return made


def make_agreement_draft(version: PolicyVersion, partnership: Partnership | None = None) -> Agreement:
    """A draft with words under each heading."""
    partnership = partnership or make_partners()
    by = partnership.lead_officer
    draft = agreements.begin(partnership, version, by=by, at=AT)
    for heading, text in (("membership", "Two councils.\n\nThe chair changes each year."), ("ending", "Six months.")):
        draft.write(heading, text, opened=draft.texts.get(heading, ""), by=by)
    return draft


def make_agreement(version: PolicyVersion, partnership: Partnership | None = None, *, signed: bool = True) -> Agreement:
    """An agreement in force, signed for one of its partners."""
    draft = make_agreement_draft(version, partnership)
    by = draft.partnership.lead_officer
    agreements.agree(draft, on=date(2026, 3, 3), review_on=date(2027, 3, 3), today=TODAY, by=by)
    if signed:
        draft.sign(
            organisation="Fenwold District Council",
            name="K.X.",
            position="Chief Executive",
            on=date(2026, 3, 5),
            today=TODAY,
            by=by,
        )
    return draft
