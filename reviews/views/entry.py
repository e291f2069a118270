"""The reviews of one partnership: opened, answered, sent, signed off."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, requires
from approvals import queries
from approvals import services as deciding
from approvals.gate import Gate
from config import words
from policy.model import Cycle
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership
from reviews import rules, services, ways
from reviews.comparing import beside_last, chips_of
from reviews.forms import AnswerForm, CloseForm, DoneForm, OpenForm, SendForm, SignOffForm
from reviews.models import TAKING_PART, Doing, Occasion, Review, State, cycle_of
from reviews.sections import REVIEWS


def _entry(reference: str) -> Partnership:
    people = ("lead_officer", "responsible_head", "policy_version")
    return get_object_or_404(Partnership.objects.select_related(*people), reference=reference)


def _can_change(request: SignedIn, partnership: Partnership) -> bool:
    user = request.user
    return user.has_perm("reviews.change") and Partnership.objects.editable_by(user).contains(partnership)


def _own_entry(request: SignedIn, reference: str) -> Partnership:
    partnership = _entry(reference)
    if not _can_change(request, partnership):
        raise Http404
    return partnership


def _review(partnership: Partnership, slug: str) -> Review:
    found = get_object_or_404(
        Review.objects.for_partnership(partnership).select_related("campaign", "request", "way__policy_version"),
        slug=slug,
    )
    found.partnership = partnership
    return found


def _version() -> PolicyVersion:
    version = PolicyVersion.objects.in_force(timezone.localdate())
    if version is None:
        raise Http404("No policy is in force yet")
    return version


def _cycle(version: PolicyVersion, cycle_id: str) -> Cycle:
    try:
        return cycle_of(version, cycle_id)
    except KeyError:
        raise Http404("The policy has no such review") from None


def _to_say(request: SignedIn, partnership: Partnership, version: PolicyVersion, cycle: Cycle) -> dict[str, Any]:
    """What a form asks beside its own fields, for the route on which a cycle goes its way."""
    user = request.user
    policy = version.policy
    steps = ways.to_say(partnership, policy, rules.route_of(policy, cycle), by=user)
    return {"steps": steps} | (
        {"policy": policy, "partnership": partnership} if services.asks_of_figures(policy, cycle) else {}
    )


@requires("reviews.view")
def of_entry(request: SignedIn, reference: str) -> HttpResponse:
    """What is under way, what falls due next and why, and what was found before."""
    partnership = _entry(reference)
    services.bring_up_to_date(at=timezone.now())
    version = PolicyVersion.objects.in_force(timezone.localdate())
    reviews = list(Review.objects.for_partnership(partnership))
    occasions = list(Occasion.objects.for_list().filter(partnership=partnership, review=None))
    can_change = _can_change(request, partnership)
    dated = {each.cycle for each in occasions} | {each.cycle for each in reviews if each.is_under_way}
    offered = rules.applying(version.policy, {"status": partnership.status}) if version and can_change else ()
    context = {
        "partnership": partnership,
        "section": REVIEWS,
        "under_way": [each for each in reviews if each.is_under_way],
        "ended": [each for each in reviews if not each.is_under_way],
        "occasions": occasions,
        "doings": Doing.objects.filter(partnership=partnership, step="")
        .select_related("policy_version")
        .order_by("-done_on", "-pk")[:10],
        "as_needed": [
            each
            for each in offered
            if partnership.status in TAKING_PART and rules.is_review(each) and each.id not in dated
        ],
        "can_change": can_change,
    }
    return render(request, "reviews/of_entry.html", context)


@requires("reviews.change")
def open_one(request: SignedIn, reference: str, cycle: str) -> HttpResponse:
    """Open a review on its day with one button; one outside its cycle by a day and a reason."""
    partnership = _own_entry(request, reference)
    version, moment = _version(), timezone.now()
    found = _cycle(version, cycle)
    services.bring_up_to_date(at=moment)
    has_day = Occasion.objects.filter(partnership=partnership, cycle=cycle).exists()
    asks = not has_day or "why" in request.POST
    form = OpenForm(request.POST if request.method == "POST" and asks else None)
    if request.method == "POST" and (not asks or form.is_valid()):
        given = form.cleaned_data if asks else {}
        try:
            review = services.open_review(partnership, cycle, version=version, by=request.user, at=moment, **given)
        except Refused as refusal:
            if not asks:
                messages.error(request, str(refusal))
                return redirect("reviews:of_entry", reference)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{review} is open. It is due on {words.day(review.due_on)}")
            return redirect("reviews:review", reference, review.slug)
    context = {
        "partnership": partnership,
        "section": REVIEWS,
        "form": form,
        "title": f"Open: {found.title}",
        "intro": found.text,
        "button": "Open the review",
    }
    return render(request, "reviews/form_page.html", context)


@requires("reviews.change")
def done(request: SignedIn, reference: str, cycle: str) -> HttpResponse:
    """Say that something without a form was done."""
    partnership = _own_entry(request, reference)
    version = _version()
    found = _cycle(version, cycle)
    form = DoneForm(request.POST or None, **_to_say(request, partnership, version, found))
    if form.is_valid():
        said: dict[str, Any] = {name: form.cleaned_data[name] for name in ("done_on", "note")} | form.given
        user = request.user
        try:
            services.mark_done(cycle, partnership=partnership, version=version, by=user, at=timezone.now(), **said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found.title}: done on {words.day(said['done_on'])}")
            return redirect("reviews:of_entry", reference)
    context = {
        "partnership": partnership,
        "section": REVIEWS,
        "form": form,
        "title": f"Done: {found.title}",
        "intro": found.text,
        "button": "Save that it is done",
    }
    return render(request, "reviews/form_page.html", context)


@requires("reviews.view")
def review(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """One review: what belongs to it, what changed, last year beside this year, and what was said."""
    partnership = _entry(reference)
    found = _review(partnership, slug)
    parts = services.parts_of(found)
    can_change = _can_change(request, partnership)
    user = request.user
    context = {
        "partnership": partnership,
        "section": REVIEWS,
        "review": found,
        "parts": parts,
        "missing": services.missing_to_send(found, parts) if found.state == State.OPEN else [],
        "unmet": services.unmet_of(found) if found.is_under_way else (),
        "besides": beside_last([part.response for part in parts if part.response]),
        "chips": chips_of(found),
        "remarks": found.remarks.all(),
        "can_change": can_change,
        "why_not_sign_off": ways.why_not_sign_off(found, by=user, at=timezone.now()) if found.is_waiting else "",
        "way": _way_of(request, found),
        "covers": ways.covers(found),
        "may_sign_off": found.is_waiting and user.has_perm("reviews.sign_off"),
        "may_close": found.is_under_way and user.has_perm("reviews.manage"),
        "route": services.route_for(found, _version()) if can_change and found.sent_at else "",
        "signers": found.signers,
    }
    return render(request, "reviews/review.html", context)


def _way_of(request: SignedIn, found: Review) -> dict[str, Any]:
    """The request on which a review goes its way, its steps, and those that this person can take there."""
    if found.way is None:
        return {}
    user = request.user
    situation = deciding.situation_of(found.way)
    gate = Gate.of(user, timezone.localdate(), [found.way])
    by_sign_off = ways.to_sign_off(found.way) if found.is_waiting else None
    steps = situation.standing.steps
    yours = [each.step for each in situation.standing.open_steps if not gate.why_not(found.way, each)]
    return {
        "request": found.way,
        "steps": [queries.step_row(situation.policy, each, situation.taken_at(each)) for each in steps],
        "yours": [each for each in yours if by_sign_off is None or each != by_sign_off.step],
    }


def _form_page(request: SignedIn, found: Review, form: Any, **words_of_page: Any) -> HttpResponse:
    context = {"partnership": found.partnership, "section": REVIEWS, "review": found, "form": form, **words_of_page}
    return render(request, "reviews/form_page.html", context)


@requires("reviews.change")
def send(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """What is recommended, and the button that sends the review."""
    found = _review(_own_entry(request, reference), slug)
    if found.state != State.OPEN:
        messages.error(request, found.why_not(State.SENT, by=request.user))
        return redirect("reviews:review", reference, slug)
    parts = services.parts_of(found)
    missing = services.missing_to_send(found, parts)
    recommendation, why = services.recommended_in([part.response for part in parts if part.response])
    form = SendForm(
        request.POST or None,
        initial={"recommendation": recommendation, "why": why},
        **_to_say(request, found.partnership, found.policy_version, found.of_the_policy),
    )
    if form.is_valid():
        recommended = {name: form.cleaned_data[name] for name in ("recommendation", "why")}
        try:
            services.send(found, by=request.user, at=timezone.now(), **recommended, **form.given)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found} is sent. {_goes_to(_review(found.partnership, slug))}")
            return redirect("reviews:review", reference, slug)
    return _form_page(request, found, form, title=f"Send: {found}", missing=missing, button="Send the review")


def _goes_to(found: Review) -> str:
    """Who has it next, in a sentence for a banner."""
    if found.open_way:
        return queries.next_bodies(found.open_way)
    return f"It is signed off by: {words.listed(found.signers, 'or')}"


@requires("reviews.sign_off")
def sign_off(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """Sign off, or ask back."""
    found = _review(_entry(reference), slug)
    if problem := ways.why_not_sign_off(found, by=request.user, at=timezone.now()):
        messages.error(request, problem)
        return redirect("reviews:review", reference, slug)
    form = SignOffForm(request.POST or None)
    if form.is_valid():
        said, by, moment = form.cleaned_data, request.user, timezone.now()
        try:
            if said["outcome"] == "challenge":
                services.challenge(found, said["text"], by=by, at=moment)
                messages.success(request, f"Your question is sent to {found.sent_by_name}")
            else:
                services.sign_off(found, note=said["text"], by=by, at=moment)
                now = _review(found.partnership, slug)
                goes_on = f". {_goes_to(now)}" if now.open_way else ""
                messages.success(request, f"{found} of {found.partnership} is signed off{goes_on}")
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("reviews:review", reference, slug)
    return _form_page(
        request, found, form, title=f"Sign off: {found}", button="Save", look_at=found.look_at or ["Nothing unusual"]
    )


@requires("reviews.change")
def answer(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """Answer a challenge."""
    found = _review(_own_entry(request, reference), slug)
    if problem := found.why_not(State.ANSWERED, by=request.user):
        messages.error(request, problem)
        return redirect("reviews:review", reference, slug)
    more = _to_say(request, found.partnership, found.policy_version, found.of_the_policy) if found.way_id else {}
    form = AnswerForm(request.POST or None, steps=more.get("steps", ()))
    if form.is_valid():
        text, said = form.cleaned_data["text"], form.given["said"]
        try:
            services.answer(found, text, by=request.user, at=timezone.now(), said=said)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Your answer is sent. {_goes_to(_review(found.partnership, slug))}")
            return redirect("reviews:review", reference, slug)
    asked = [each.text for each in found.remarks.all()][-1:]
    return _form_page(request, found, form, title=f"Answer about {found}", button="Send the answer", asked=asked)


@requires("reviews.manage")
def close(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """Close a review unfinished."""
    found = _review(_entry(reference), slug)
    if problem := found.why_not(State.CLOSED, by=request.user):
        messages.error(request, problem)
        return redirect("reviews:review", reference, slug)
    form = CloseForm(request.POST or None)
    if form.is_valid():
        try:
            services.close_review(found, note=form.cleaned_data["note"], by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found} is closed. It falls due again by its cycle; drafts stay")
            return redirect("reviews:of_entry", reference)
    return _form_page(
        request,
        found,
        form,
        title=f"Close: {found}",
        intro="It counts as not done, and falls due again by its cycle. Drafts and sent forms stay.",
        button="Close this review",
    )


@requires("reviews.change")
@require_POST
def ask(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """Open the request that the review recommends."""
    found = _review(_own_entry(request, reference), slug)
    try:
        opened = services.ask_for(found, version=_version(), by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:review", reference, slug)
    messages.success(request, f"{opened.reference} is open, with the reason from the review")
    return redirect("approvals:request", opened.reference)
