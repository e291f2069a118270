"""The agreement of an entry: what holds, its drafts written heading by heading, agreed, signed and replaced."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, requires
from assessments import agreements
from assessments.agreement_forms import AgreeForm, HeadingForm, SignForm
from assessments.models import Agreement
from assessments.sections import AGREEMENT
from assessments.views.shared import entry, may_change, now, own_entry, told, version_in_force
from policy.refused import Refused
from register.models import Partnership


def _version(partnership: Partnership, number: int) -> Agreement:
    return get_object_or_404(Agreement.objects.for_partnership(partnership), number=number)


def _draft(request: SignedIn, reference: str, number: int) -> Agreement:
    """A version for changing; one that was agreed says so, through the verbs."""
    return _version(own_entry(request, reference), number)


def _page(request: SignedIn, partnership: Partnership, **more: Any) -> dict[str, Any]:
    return {
        "partnership": partnership,
        "section": AGREEMENT,
        "can_change": may_change(request, partnership),
        **more,
    }


def _organisations(partnership: Partnership, agreement: Agreement) -> list[str]:
    """The partners for whom nobody has signed yet."""
    signed = {each.organisation.casefold() for each in agreement.signatures.all()}
    partners = [str(each.organisation) for each in partnership.memberships.select_related("organisation")]
    return [name for name in partners if name.casefold() not in signed]


@requires("assessments.view")
def agreement(request: SignedIn, reference: str) -> HttpResponse:
    """What the partners have agreed; the draft of the next version, and the versions before."""
    partnership = entry(reference)
    form = version_in_force(now().date()).policy.agreement_form
    versions = list(Agreement.objects.for_partnership(partnership))
    if form is None and not versions:
        raise Http404("The policy in force has no form for an agreement")
    in_force = next((each for each in versions if each.is_in_force), None)
    title = form.title if form else versions[0].form.title
    context = _page(
        request,
        partnership,
        form_of_policy=form,
        title=title,
        in_force=in_force,
        draft=next((each for each in versions if each.is_draft), None),
        earlier=[each for each in versions if not each.is_draft and not each.is_in_force],
        warning=agreements.warning_of(in_force, partnership, title, timezone.localdate()),
        unsigned=_organisations(partnership, in_force) if in_force else [],
    )
    return render(request, "assessments/agreement.html", context)


@requires("assessments.change")
@require_POST
def agreement_start(request: SignedIn, reference: str) -> HttpResponse:
    """Start the next version with what is known, or go on with the draft."""
    partnership = own_entry(request, reference)
    moment = now()
    draft = Agreement.objects.filter(partnership=partnership, state=Agreement.State.DRAFT).first()
    if draft is None:
        try:
            by = request.user
            draft = agreements.begin(partnership, version_in_force(moment.date()), by=by, at=moment)
        except Refused as refusal:
            told(request, refusal)
            return redirect("assessments:agreement", reference)
    return redirect("assessments:agreement_version", reference, draft.number)


@requires("assessments.view")
def agreement_version(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """A draft as a list of its headings; a version that was agreed, to be read."""
    partnership = entry(reference)
    found = _version(partnership, number)
    context = _page(request, partnership, agreement=found)
    if found.is_draft and context["can_change"]:
        context["problem"] = agreements.why_not_agree(found)
        context["left_out"] = found.without_words()
        return render(request, "assessments/agreement_draft.html", context)
    return render(request, "assessments/agreement_version.html", context)


@requires("assessments.change")
def agreement_heading(request: SignedIn, reference: str, number: int, heading: str) -> HttpResponse:
    """Write under one heading, with its prompts and what is known beside the words."""
    found = _draft(request, reference, number)
    partnership, policy = found.partnership, found.policy_version.policy
    places = [section.id for section in found.form.sections]
    if heading not in places or not found.is_draft:
        raise Http404("There is no such heading to write under")
    form = HeadingForm(request.POST or None, agreement=found, heading=heading)
    if form.is_valid():
        try:
            found.write(heading, form.cleaned_data["text"], opened=form.kept, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            following = places[places.index(heading) + 1 :]
            if following and "leave" not in request.POST:
                return redirect("assessments:agreement_heading", reference, number, following[0])
            return redirect("assessments:agreement_version", reference, number)
    section, prompts = next(
        each for each in agreements.known_of(partnership, policy, found.form) if each[0].id == heading
    )
    context = _page(request, partnership, agreement=found, heading=section, prompts=prompts, form=form)
    context |= {"number": places.index(heading) + 1, "of": len(places)}
    return render(request, "assessments/agreement_heading.html", context)


@requires("assessments.change")
def agreement_agree(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """Seal a draft as what the partners agreed; the version in force gives way."""
    found = _draft(request, reference, number)
    problem = agreements.why_not_agree(found)
    form = AgreeForm(request.POST or None)
    if form.is_valid():
        try:
            agreements.agree(found, **form.cleaned_data, today=timezone.localdate(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found} is in force. Record who signs it")
            return redirect("assessments:agreement", reference)
    context = _page(request, found.partnership, agreement=found, form=form, problem=problem)
    context["left_out"] = found.without_words()
    context["before"] = Agreement.objects.in_force().filter(partnership=found.partnership_id).first()
    return render(request, "assessments/agreement_agree.html", context)


@requires("assessments.change")
def agreement_sign(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """Record who signed for which organisation, and when."""
    found = _draft(request, reference, number)
    organisations = _organisations(found.partnership, found)
    form = SignForm(request.POST or None, organisations=organisations)
    if form.is_valid():
        facts = {name: value for name, value in form.cleaned_data.items() if name != "another"}
        try:
            signature = found.sign(**facts, today=timezone.localdate(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Signed: {signature}")
            return redirect("assessments:agreement", reference)
    context = _page(request, found.partnership, agreement=found, form=form)
    return render(request, "assessments/agreement_sign.html", context)


@requires("assessments.change")
def agreement_discard(request: SignedIn, reference: str, number: int) -> HttpResponse:
    """Take out a draft."""
    found = _draft(request, reference, number)
    if request.method == "POST":
        try:
            found.discard(by=request.user)
        except Refused as refusal:
            told(request, refusal)
        else:
            messages.success(request, f"The draft of version {number} is taken out. The history keeps it")
        return redirect("assessments:agreement", reference)
    context = _page(request, found.partnership, agreement=found)
    context["back"] = reverse("assessments:agreement_version", args=[reference, number])
    return render(request, "assessments/agreement_discard.html", context)
