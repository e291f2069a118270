"""An assessment explained, made, completed and challenged."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, requires
from assessments import services
from assessments.explaining import Box, kept_boxes, live_boxes, mark_since
from assessments.facts import facts_of
from assessments.forms import ChallengeForm, JudgeForm, OverallForm, RemarkForm, refuse
from assessments.models import Assessment, Challenge
from assessments.sections import ASSESSMENT
from assessments.views.shared import entry, may_change, now, own_entry, told, version_in_force
from config import words
from policy.model import Policy
from policy.refused import Refused
from register.models import Partnership

ANSWERS = ("judgements", "overalls")


def _said(policy: Policy) -> dict[str, str]:
    """The pack's own words that these pages show; "" for the scheme of a policy that has none."""
    first, scheme = next(iter(policy.schemes.items()), ("", None))

    def label(roles: tuple[str, ...]) -> str:
        return words.listed(role.label for each in roles if (role := policy.role(each)))

    return {
        "first_scheme": first,
        "challenger": label(scheme.challenged_by) if scheme else "",
        "confirmer": label(scheme.confirmed_by) if scheme else "",
        "local_setting": policy.wording_of("local_setting"),
        "level_differs": policy.wording_of("level_differs"),
    }


def _can_go_on(shown: Assessment) -> bool:
    """Whether there is something to assess today; only a policy in force after `shown` can have no levels."""
    if shown.is_draft or shown.policy_version.in_force_to is None:
        return True
    return bool(version_in_force(now().date()).policy.schemes)


@requires("assessments.view")
def assessment(request: SignedIn, reference: str) -> HttpResponse:
    """The assessment that counts, or the draft of the first one, or what the figures alone say."""
    partnership = entry(reference)
    made = list(Assessment.objects.for_partnership(partnership).prefetch_related(*ANSWERS))
    draft = next((each for each in made if each.is_draft), None)
    complete = [each for each in made if not each.is_draft]
    if complete:
        return _explained(request, partnership, complete[0], made, draft=draft)
    if draft:
        return _explained(request, partnership, draft, made, draft=draft)
    version = version_in_force(now().date())
    boxes = live_boxes(version.policy, facts_of(partnership, version.policy))
    for box in boxes:
        box.level = getattr(partnership, box.scheme.core) if box.scheme.core else ""
    context = {
        "partnership": partnership,
        "section": ASSESSMENT,
        "boxes": boxes,
        "version": version,
        "can_change": bool(version.policy.schemes) and may_change(request, partnership),
        "imported": partnership.levels_source == "import",
        **_said(version.policy),
    }
    return render(request, "assessments/assessment.html", context)


@requires("assessments.view")
def assessment_past(request: SignedIn, reference: str) -> HttpResponse:
    """Every assessment of the entry, newest first."""
    partnership = entry(reference)
    made = list(Assessment.objects.for_partnership(partnership).prefetch_related("overalls"))
    for each in made:
        schemes = each.policy_version.policy.schemes
        levels = {overall.scheme: overall.level for overall in each.overalls.all()}
        each.levels = [(scheme, levels.get(name, "")) for name, scheme in schemes.items()]  # type: ignore[attr-defined]
    context = {"partnership": partnership, "section": ASSESSMENT, "made": made}
    return render(request, "assessments/assessment_past.html", context)


@requires("assessments.view")
def assessment_version(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """One assessment as it stands or stood, whatever came after it."""
    partnership = entry(reference)
    made = list(Assessment.objects.for_partnership(partnership).prefetch_related(*ANSWERS))
    shown = next((each for each in made if each.slug == slug), None)
    if shown is None:
        raise Http404("No such assessment")
    draft = next((each for each in made if each.is_draft), None)
    return _explained(request, partnership, shown, made, draft=draft)


def _explained(
    request: SignedIn,
    partnership: Partnership,
    shown: Assessment,
    made: list[Assessment],
    *,
    draft: Assessment | None,
) -> HttpResponse:
    complete = [each for each in made if not each.is_draft]
    latest = complete[0] if complete else None
    before = _before(shown, complete)
    policy = shown.policy_version.policy
    facts = facts_of(partnership, policy)
    since: list[str] = []
    threads: list[Challenge] = []
    if shown.is_draft:
        boxes = live_boxes(
            policy,
            facts,
            list(shown.judgements.all()),
            list(shown.overalls.all()),
            before=before,
        )
    else:
        threads = list(Challenge.objects.for_page(shown))
        boxes = kept_boxes(shown, before=before, challenges=threads)
        if shown == latest:
            since = mark_since(shown, boxes, facts)
    context = {
        "partnership": partnership,
        "section": ASSESSMENT,
        "assessment": shown,
        "version": shown.policy_version,
        "boxes": boxes,
        "before": before,
        "since": since,
        "draft": draft,
        "threads": threads,
        "is_latest": shown == latest,
        "can_change": _can_go_on(shown) and may_change(request, partnership),
        "past": len(made),
        "why_not_challenge": Challenge.why_not_ask(shown, by=request.user),
        **_said(policy),
    }
    return render(request, "assessments/assessment.html", context)


def _before(shown: Assessment, complete: list[Assessment]) -> Assessment | None:
    """The complete assessment before this one, if it has the same policy's criteria."""
    later = [each for each in complete if each != shown]
    if not shown.is_draft:
        later = [each for each in later if each.completed_at < shown.completed_at]  # type: ignore[operator]
    before = later[0] if later else None
    # Levels of another council's policy cannot stand beside these: no scale is converted silently.
    return before if before and before.policy_version.code == shown.policy_version.code else None


# --- Making one --------------------------------------------------------------------------------


@requires("assessments.change")
@require_POST
def assessment_start(request: SignedIn, reference: str) -> HttpResponse:
    """Open a draft under the policy in force, or go on with the one that is open."""
    partnership = own_entry(request, reference)
    moment = now()
    version = version_in_force(moment.date())
    draft = Assessment.objects.drafts().filter(partnership=partnership).first()
    if draft is None:
        try:
            draft = Assessment.start(partnership, by=request.user, policy_version=version, at=moment)
            services.carry_over(draft, by=request.user)
        except Refused as refusal:
            told(request, refusal)
            return redirect("assessments:assessment", reference)
    first = next(iter(draft.policy_version.policy.schemes))
    return redirect("assessments:judge", reference, draft.slug, first)


def _draft(partnership: Partnership, slug: str) -> Assessment:
    drafts = Assessment.objects.drafts().select_related("policy_version").prefetch_related(*ANSWERS)
    return get_object_or_404(drafts, partnership=partnership, slug=slug)


def _box(boxes: list[Box], scheme: str) -> Box:
    for box in boxes:
        if box.scheme_id == scheme:
            return box
    raise Http404("No such scheme")


def _last(partnership: Partnership, draft: Assessment) -> Assessment | None:
    complete = Assessment.objects.for_partnership(partnership).complete().prefetch_related(*ANSWERS)
    return _before(draft, list(complete[:1]))


@requires("assessments.change")
def judge(request: SignedIn, reference: str, slug: str, scheme: str) -> HttpResponse:
    """The criteria of one scheme: what figures decide, then what a person judges."""
    partnership = own_entry(request, reference)
    draft = _draft(partnership, slug)
    boxes = services.boxes_of_draft(draft, partnership, before=_last(partnership, draft))
    box = _box(boxes, scheme)
    form = JudgeForm(request.POST or None, scheme=box.scheme, lines=box.lines, theirs_by=draft.made_by_name)
    if form.is_valid():
        try:
            draft.judge(scheme, form.cleaned_data["levels"], by=request.user)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            if "leave" in request.POST:
                messages.success(request, "Draft saved. You can go on with it at any time")
                return redirect("assessments:assessment", reference)
            return redirect("assessments:overall", reference, slug, scheme)
    context = {
        "partnership": partnership,
        "section": ASSESSMENT,
        "assessment": draft,
        "box": box,
        "boxes": boxes,
        "form": form,
        "done_lines": [line for line in box.lines if line.criterion.has_limits],
        **_said(draft.policy_version.policy),
    }
    return render(request, "assessments/judge.html", context)


@requires("assessments.change")
def overall(request: SignedIn, reference: str, slug: str, scheme: str) -> HttpResponse:
    """The overall level of one scheme, beside what the policy suggests."""
    partnership = own_entry(request, reference)
    draft = _draft(partnership, slug)
    boxes = services.boxes_of_draft(draft, partnership, before=_last(partnership, draft))
    box = _box(boxes, scheme)
    going_on = "leave" not in request.POST
    form = OverallForm(request.POST or None, box=box, going_on=going_on, theirs_by=draft.made_by_name)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            draft.set_overall(scheme, level=chosen["level"], reason=chosen["reason"], by=request.user)
        except Refused as refusal:
            refuse(form, refusal)
        else:
            if not going_on:
                messages.success(request, "Draft saved. You can go on with it at any time")
                return redirect("assessments:assessment", reference)
            following = [each.scheme_id for each in boxes]
            rest = following[following.index(scheme) + 1 :]
            if rest:
                return redirect("assessments:judge", reference, slug, rest[0])
            return redirect("assessments:check", reference, slug)
    context = {
        "partnership": partnership,
        "section": ASSESSMENT,
        "assessment": draft,
        "box": box,
        "boxes": boxes,
        "form": form,
        **_said(draft.policy_version.policy),
    }
    return render(request, "assessments/overall.html", context)


@requires("assessments.change")
def check(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """What the register will say, what is missing, and the button that completes the assessment."""
    partnership = own_entry(request, reference)
    draft = _draft(partnership, slug)
    boxes = services.boxes_of_draft(draft, partnership, before=_last(partnership, draft))
    if request.method == "POST":
        try:
            services.complete(draft, by=request.user, at=now())
        except Refused as refusal:
            told(request, refusal)
            return redirect("assessments:check", reference, slug)
        levels = words.listed(f"{box.level_label} {box.scheme.label}" for box in boxes)
        messages.success(request, f"Assessment {draft.label} is complete: {levels}")
        return redirect("assessments:assessment", reference)
    context = {
        "partnership": partnership,
        "section": ASSESSMENT,
        "assessment": draft,
        "boxes": boxes,
        "missing": services.levels_missing(boxes),
        "changes": services.level_changes(partnership, boxes),
        **_said(draft.policy_version.policy),
    }
    return render(request, "assessments/check.html", context)


@requires("assessments.change")
def discard(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """Ask, then take out a draft."""
    partnership = own_entry(request, reference)
    draft = _draft(partnership, slug)
    if request.method == "POST":
        try:
            services.discard(draft, by=request.user)
        except Refused as refusal:
            told(request, refusal)
        else:
            messages.success(request, f"The draft of assessment {draft.label} is deleted. The register did not change")
        return redirect("assessments:assessment", reference)
    context = {"partnership": partnership, "section": ASSESSMENT, "assessment": draft}
    return render(request, "assessments/discard.html", context)


# --- Challenges --------------------------------------------------------------------------------


@requires("assessments.challenge")
def challenge(request: SignedIn, reference: str, slug: str, scheme: str, criterion: str = "") -> HttpResponse:
    """Ask the lead officer about a level (BRK-I07)."""
    partnership = entry(reference)
    made = Assessment.objects.complete().select_related("policy_version", "made_by").prefetch_related(*ANSWERS)
    shown = get_object_or_404(made, partnership=partnership, slug=slug)
    box = _box(kept_boxes(shown), scheme)
    line = next((each for each in box.lines if each.criterion.id == criterion), None)
    if criterion and line is None:
        raise Http404("No such criterion")
    refused = Challenge.why_not_ask(shown, by=request.user)
    about = line.criterion.label if line else f"the overall {box.scheme.label} level"
    form = ChallengeForm(request.POST or None, label=f"What do you ask about {words.inside(about)}?")
    if not refused and form.is_valid():
        try:
            Challenge.ask(
                shown,
                scheme=scheme,
                criterion=criterion,
                question=form.cleaned_data["question"],
                by=request.user,
                at=now(),
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{shown.made_by_name} sees your question beside the level and answers it there")
            return redirect("assessments:assessment_version", reference, slug)
    context = {
        "partnership": partnership,
        "section": ASSESSMENT,
        "assessment": shown,
        "box": box,
        "line": line,
        "form": form,
        "refused": refused,
    }
    return render(request, "assessments/challenge.html", context)


@requires("assessments.change")
def challenge_thread(request: SignedIn, reference: str, slug: str, number: int) -> HttpResponse:
    """The next word in a challenge's thread: an answer, another question, or its end."""
    partnership = own_entry(request, reference)
    threads = Challenge.objects.select_related("assessment__policy_version").prefetch_related("remarks")
    thread = get_object_or_404(threads, assessment__partnership=partnership, assessment__slug=slug, number=number)
    verbs = {
        "answer": (Challenge.State.ANSWERED, thread.answer),
        "ask": (Challenge.State.ASKED, thread.ask_again),
        "agree": (Challenge.State.AGREED, thread.agree),
        "change": (Challenge.State.CHANGED, thread.ask_for_change),
    }
    move = next((name for name in verbs if name in request.POST), "")
    possible = [name for name, (state, _) in verbs.items() if not thread.why_not(state, by=request.user)]
    label = "Your answer" if possible == ["answer"] else "What do you say?"
    form = RemarkForm(request.POST or None, needs_text=move != "agree", label=label)
    if move and form.is_valid():
        try:
            verbs[move][1](form.cleaned_data["text"], by=request.user, at=now())
        except Refused as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"The challenge is now: {thread.get_state_display().lower()}")
            return redirect("assessments:assessment_version", reference, slug)
    context = {
        "partnership": partnership,
        "section": ASSESSMENT,
        "assessment": thread.assessment,
        "thread": thread,
        "about": services.about(thread),
        "possible": possible,
        "form": form,
    }
    return render(request, "assessments/challenge_thread.html", context)
