"""What an auditor would find in the register today: one line a check, with the entries behind it, always live.

The findings are those that audits of partnership work name everywhere: no assessment, no way out, no review in time,
nobody listed, nobody named, no agreement, several scales side by side. Each applies only where the policy asks for it.
Source: CORE-18, CORE-20; design section 5.7, Checks.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from assessments.models import Agreement, Assessment, Response
from policy.model import Policy
from policy.models import PolicyVersion
from register.filters import review_is_late
from register.levels import levels_of
from register.models import Membership, Partnership, PriorityLink, Representative, Risk, Status
from reviews.models import Occasion


@dataclass(frozen=True)
class Asked:
    """What a check is asked with: the policy in force and the day."""

    version: PolicyVersion
    today: date

    @property
    def policy(self) -> Policy:
        return self.version.policy


@dataclass(frozen=True)
class Check:
    """One finding: its words, why it matters, when it applies, which entries show it, and where it is put right."""

    slug: str
    title: str
    why: str
    applies: Callable[[Policy], bool]
    condition: Callable[[Asked], Q]
    section: str


def _rows(model: Any, **counted: Any) -> Exists:
    return Exists(model.objects.filter(partnership=OuterRef("pk"), **counted))


def _asks_for(*cores: str) -> Callable[[Policy], bool]:
    return lambda policy: any(policy.core_field(core) for core in cores)


def _always(policy: Policy) -> bool:
    return True


def _not_assessed(asked: Asked) -> Q:
    """No level where the policy sets levels; nothing in its risk register where it has a matrix."""
    missing = Q()
    for core in ("risk_level", "value_level"):
        if levels_of(asked.policy, core):
            missing |= Q(**{core: ""})
    if asked.policy.matrix_for("risks"):
        missing |= ~Q(_rows(Risk, closed_on=None))
    return missing


def _rates(policy: Policy) -> bool:
    return bool(policy.schemes or policy.matrix_for("risks"))


def _exit_forms(policy: Policy) -> list[str]:
    return [each.questionnaire for each in policy.exit.instruments if each.timing == "before"] if policy.exit else []


def _no_exit_plan(asked: Asked) -> Q:
    """Nothing says what leaving would mean: neither the impact of exit nor a strategy that was sent."""
    sent = _rows(Response, state=Response.State.SENT, questionnaire__in=_exit_forms(asked.policy))
    return Q(exit_impact="", exit_impact_level="") & ~Q(sent)


def _leaving_without(asked: Asked) -> Q:
    sent = _rows(Response, state=Response.State.SENT, questionnaire__in=_exit_forms(asked.policy))
    return Q(status=Status.LEAVING) & ~Q(sent)


def _not_reviewed(asked: Asked) -> Q:
    """The day of the next review has passed, as the home page counts it or by a cycle of the policy."""
    late = Occasion.objects.to_do().filter(partnership=OuterRef("pk"), is_review=True, due_on__lt=asked.today)
    return review_is_late(asked.today) | Q(Exists(late))


def _no_agreement(asked: Asked) -> Q:
    """A significant partnership without an agreement in force, or with one whose review has passed."""
    held = Agreement.objects.in_force().filter(partnership=OuterRef("pk"))
    current = held.filter(Q(review_on=None) | Q(review_on__gte=asked.today))
    return Q(is_significant=True) & ~Q(Exists(current))


def _other_scale(asked: Asked) -> Q:
    """Levels that the policy in force did not set: from another version's assessment, or from the old register."""
    complete = Assessment.objects.complete().filter(partnership=OuterRef("pk"))
    newer = Assessment.objects.complete().filter(
        partnership=OuterRef("partnership"), completed_at__gt=OuterRef("completed_at")
    )
    earlier = complete.filter(~Exists(newer)).exclude(policy_version_id=asked.version.pk)
    imported = Q(levels_source="import") & (~Q(risk_level="") | ~Q(value_level=""))
    return Q(Exists(earlier)) | imported


CHECKS: tuple[Check, ...] = (
    Check(
        "no-risk-assessment", "No risk assessment", "Nobody can say what the partnership puts at risk.",
        _rates, _not_assessed, "assessments:assessment",
    ),
    Check(
        "no-exit-plan", "No exit plan", "Nothing says what leaving would mean, or how it would be done.",
        lambda policy: bool(_exit_forms(policy)) or _asks_for("exit_impact", "exit_impact_level")(policy),
        _no_exit_plan, "register:details",
    ),
    Check(
        "leaving-without-strategy", "Being left without an exit strategy",
        "The policy wants the strategy before the council leaves.",
        lambda policy: bool(_exit_forms(policy)), _leaving_without, "assessments:questionnaire_list",
    ),
    Check(
        "no-review-in-time", "No review in time", "The day of its review has passed.",
        _always, _not_reviewed, "register:details",
    ),
    Check(
        "no-date-of-review", "No date of review", "Nobody will be reminded of it.",
        _asks_for("next_review_on"), lambda asked: Q(next_review_on=None), "register:details",
    ),
    Check(
        "no-partners", "No partners listed", "The register does not say with whom the council works.",
        _asks_for("partners"), lambda asked: ~Q(_rows(Membership)), "register:people",
    ),
    Check(
        "no-representative", "No representative", "Nobody speaks for the council there.",
        _asks_for("representatives"), lambda asked: ~Q(_rows(Representative, is_vacant=False)), "register:people",
    ),
    Check(
        "no-lead-officer", "No lead officer", "Nobody answers for the entry.",
        _asks_for("lead_officer"), lambda asked: Q(lead_officer=None, lead_officer_name=""), "register:details",
    ),
    Check(
        "no-agreement", "Agreement missing or out of date",
        "The partnership is significant, and no agreement of its partners is in force.",
        lambda policy: policy.agreement_form is not None, _no_agreement, "assessments:agreement",
    ),
    Check(
        "no-figures", "Money or time not known", "Totals of the register leave it out.",
        _asks_for("contributions", "contribution_a_year", "hours_a_month"),
        lambda asked: Q(contribution_a_year=None) | Q(hours_a_month=None), "register:money",
    ),
    Check(
        "outside-the-budget", "Money outside the budget", "It needs a decision of its own.",
        _asks_for("contributions", "unbudgeted_a_year"), lambda asked: Q(unbudgeted_a_year__gt=0),
        "register:money",
    ),
    Check(
        "no-priority", "No priority named", "Nothing ties it to what the council wants to achieve.",
        _asks_for("priorities", "critical_outcomes"), lambda asked: ~Q(_rows(PriorityLink)), "register:details",
    ),
    Check(
        "several-scales", "Several scales in use",
        "Its level was not set under the policy in force, so it cannot be set beside the others.",
        lambda policy: bool(policy.schemes), _other_scale, "assessments:assessment",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A check with the number of entries that show it."""

    check: Check
    count: int


def checks_of(policy: Policy) -> Sequence[Check]:
    """The checks that apply under a policy."""
    return [check for check in CHECKS if check.applies(policy)]


def findings(asked: Asked) -> list[Finding]:
    """Every check that applies, with its number of entries, for one query."""
    applying = checks_of(asked.policy)
    counted = Partnership.objects.active().aggregate(
        **{f"n{place}": Count("pk", filter=check.condition(asked)) for place, check in enumerate(applying)}
    )
    return [Finding(check, counted[f"n{place}"]) for place, check in enumerate(applying)]


def entries_of(check: Check, asked: Asked) -> "QuerySet[Partnership]":
    """The entries that show a check, by name."""
    found = Partnership.objects.active().filter(check.condition(asked))
    return found.select_related("service", "lead_officer").order_by("name", "pk")


def check_named(slug: str, checks: Iterable[Check]) -> Check | None:
    """A check by the name that addresses give it."""
    return next((check for check in checks if check.slug == slug), None)
