"""New versions of the policy on the route on which the policy in force has them decided (HAR-F17, RED-E13, STR-F12)."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.panels import Line, Link, Work
from approvals.models import Request, Status
from approvals.queries import decided_by, how_it_stands
from approvals.rules import view_of
from approvals.subjects import About, Subject
from assessments.rules import months_later
from config import words
from policy.comparing import compare
from policy.deciding import Standing
from policy.models import PolicyVersion

KIND = "policy"
REVIEW_MONTHS = "policy-review-months"  # the setting of a policy that says after how many months it is revised
AHEAD = 92  # days before the revision is due that a register manager's home says so
KINDS = {"new": "New", "out": "Taken out", "changed": "Changed"}


def about(version: PolicyVersion) -> About:
    """What a request about a version is about."""
    return About(f"{KIND}:{version.pk}", str(version), reverse("policy:version", args=[version.code, version.version]))


def version_of(request: Request) -> PolicyVersion:
    """The version that a request is about."""
    return PolicyVersion.objects.get(pk=request.about_key.removeprefix(f"{KIND}:"))


def standing_of(version: PolicyVersion, today: date) -> Standing | None:
    """How far a version has come; None where no policy in force has it decided. Named by `settings.POLICY_DECISION`."""
    in_force = PolicyVersion.objects.in_force(today)
    route = in_force.policy.policy_route if in_force else None
    request = Request.objects.about(about(version).key).exclude(status=Status.WITHDRAWN).first()
    if request is None:
        if route is None:
            return None
        send = reverse("approvals:policy_send", args=[version.code, version.version])
        return Standing(route.title, "Nobody was asked yet", send=send)
    title = request.policy_version.policy.route(request.route).title
    address = reverse("approvals:request", args=[request.reference])
    said = how_it_stands(request)
    if request.status == Status.RETURNED:
        send = reverse("approvals:policy_send", args=[version.code, version.version])
        return Standing(title, said, address, send)
    outcome = next((each for each in request.policy_version.policy.outcomes if each.id == request.outcome), None)
    if outcome is None or view_of(outcome.kind) != "for":
        return Standing(title, said, address)
    record = decided_by(request)
    return Standing(title, said, address, decided_on=record.on if record else None, decision=said)


# --- What its request brings ----------------------------------------------------------------------


def _missing(request: Request) -> Sequence[str]:
    version = version_of(request)
    if version.in_force_from:
        return [f"{version} is in force from {words.day(version.in_force_from)} already, so nobody has to decide on it"]
    return []


def _says(request: Request) -> Sequence[Mapping[str, str]]:
    """The version, and what it changes in the one that was in force when it was sent, in sentences."""
    version = version_of(request)
    old = request.policy_version
    rows = [
        {"id": "version", "section": "The new version", "label": "Version", "words": str(version)},
        {"id": "seal", "section": "The new version", "label": "Its seal", "words": version.digest},
        {"id": "now", "section": "The new version", "label": "In force when it was sent", "words": str(old)},
    ]
    if old.code != version.code:
        said = "It is another policy. Nothing carries over from one to the other"
        return [*rows, {"id": "changes", "section": "What it changes", "label": "All of it", "words": said}]
    found = compare(old.policy, version.policy)
    if not found:
        said = "Nothing that people read or answer differs"
        return [*rows, {"id": "changes", "section": "What it changes", "label": "Nothing", "words": said}]
    return rows + [
        {
            "id": f"change-{number}",
            "section": f"What it changes: {change.part}",
            "label": KINDS[change.kind],
            "words": change.sentence,
        }
        for number, change in enumerate(found, start=1)
    ]


def _material(request: Request) -> Mapping[str, str]:
    return {"Seal of the new version": version_of(request).digest}


SUBJECT = Subject(kind=KIND, missing=_missing, says=_says, material=_material)


# --- The home of those who keep it ------------------------------------------------------------------


def work(user: User, today: date) -> Work | None:
    """For those who keep the policy: a version that waits, and the day on which the policy is revised (HAR-F17).

    Named by `settings.HOME_WORK`; two queries, and two for each version that waits.
    """
    if not user.has_perm("policy.put_in_force"):
        return None
    waiting = PolicyVersion.objects.defer("text", "canonical").filter(in_force_from__isnull=True).order_by("-pk")[:3]
    lines = [line for version in waiting if (line := _waiting_line(version, today))]
    lines += _revision(user.policy_version, today)
    everything = Link("The policy", reverse("policy:policy"))
    return Work(lines, len(lines), everything) if lines else None


def _waiting_line(version: PolicyVersion, today: date) -> Line:
    standing = standing_of(version, today)
    address = reverse("policy:version", args=[version.code, version.version])
    since = timezone.localdate(version.loaded_at)
    if standing is None or standing.decision:
        note = standing.decision if standing else "Nobody has to decide on it"
        return Line(f"Put {version} in force", address, note=note, since=since)
    verb = "Send up" if standing.send else "Waits for a decision:"
    return Line(f"{verb} {version}", address, note=standing.words, since=since)


def _revision(version: PolicyVersion | None, today: date) -> list[Line]:
    """The line that says when the policy is revised next, where it says after how many months."""
    if version is None or version.in_force_from is None:
        return []
    months = int(version.policy.chosen(REVIEW_MONTHS, 0))
    if not months:
        return []
    due = months_later(version.in_force_from, months)
    if (due - today).days > AHEAD:
        return []
    return [
        Line(
            f"Revise the policy: {version}",
            reverse("policy:version", args=[version.code, version.version]),
            note=f"{words.count(months, 'month')} after it came into force",
            when=words.days_away(due, today),
            is_late=due < today,
            due=due,
        )
    ]
