"""The app's pages of a partnership, with what the overview shows of them."""

from collections.abc import Sequence

from assessments import significance
from assessments.models import Agreement, Assessment, Response
from config import words
from policy.model import Policy
from register.models import Partnership
from register.sections import Row, Section


def _levels(partnership: Partnership) -> Sequence[Row]:
    """The overall levels and who set them; one query."""
    last = Assessment.objects.latest_for(partnership).select_related("policy_version").first()
    version = last.policy_version if last else partnership.policy_version
    rows: list[Row] = []
    for scheme in version.policy.schemes.values() if version else ():
        if scheme.core is None:
            continue
        level = getattr(partnership, scheme.core)
        label = scheme.level_label(level) if level in scheme.order else level
        rows.append((f"Overall {scheme.label}", label or "Not set"))
    if not last and version and not version.policy.schemes:
        return rows
    if last and last.completed_at:
        rows.append(("Assessed", f"{words.day(last.completed_at)} by {last.made_by_name}"))
    elif partnership.levels_source == "import":
        rows.append(("Assessed", "Not yet here; the levels come from the old register"))
    else:
        rows.append(("Assessed", "Not yet"))
    return rows


def _forms(partnership: Partnership) -> Sequence[Row]:
    """Drafts and sent forms; one query."""
    rows: list[Row] = []
    for response in Response.objects.for_partnership(partnership)[:3]:
        title = response.policy_version.policy.questionnaire(response.questionnaire).title
        state = "draft" if response.is_draft else f"sent {words.day(response.sent_at)} by {response.sent_by_name}"
        rows.append((f"{title} {response.label}", state))
    return rows


def _agreement(partnership: Partnership) -> Sequence[Row]:
    """The agreement in force, or the draft of the first one; one query."""
    for found in Agreement.objects.newest_for(partnership):
        if found.is_draft:
            return [(found.form.title, f"Draft of version {found.number}")]
        return [(found.form.title, f"Version {found.number}, agreed {words.day(found.agreed_on)}")]
    return []


def _has_agreement_form(policy: Policy | None) -> bool:
    return bool(policy and policy.agreement_form)


def _has_levels(policy: Policy | None) -> bool:
    return policy is None or bool(policy.schemes)


def _has_significance(policy: Policy | None) -> bool:
    return significance.shown_in(policy) is not None


ASSESSMENT = Section("Assessment", "assessments:assessment", "assessments.view", summary=_levels, applies=_has_levels)
QUESTIONNAIRES = Section(
    "Questionnaires", "assessments:questionnaire_list", "assessments.view", summary=_forms, under=ASSESSMENT
)
AGREEMENT = Section(
    "Agreement",
    "assessments:agreement",
    "assessments.view",
    summary=_agreement,
    applies=_has_agreement_form,
    under=ASSESSMENT,
)
SIGNIFICANCE = Section(
    "Significance", "assessments:significance", "assessments.view", applies=_has_significance, under=ASSESSMENT
)
