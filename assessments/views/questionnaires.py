"""Questionnaires of the policy: started, filled in section by section, checked, sent and read."""

import re
from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, requires
from assessments import questionnaires as asks
from assessments import services
from assessments.answering import may_answer
from assessments.answers import CouncilLists
from assessments.blank_forms import blank_of
from assessments.consequences import of_change
from assessments.facts import facts_of
from assessments.forms import SendForm, refuse
from assessments.models import Answer, Response
from assessments.reading_back import sheet_of
from assessments.rules import averages
from assessments.section_form import SectionForm, blocks_of
from assessments.sections import QUESTIONNAIRES
from assessments.views.shared import entry, entry_to_answer, may_change, now, own_entry, told, version_in_force
from config import words
from policy.model import Policy, Question, Questionnaire, QuestionSection
from policy.refused import Refused
from register.models import Partnership
from register.similar import entries_like


def _questionnaire(policy: Policy, questionnaire_id: str) -> Questionnaire:
    try:
        return policy.questionnaire(questionnaire_id)
    except KeyError:
        raise Http404("The policy has no such form") from None


def _section(questionnaire: Questionnaire, section_id: str) -> QuestionSection:
    for section in questionnaire.sections:
        if section.id == section_id:
            return section
    raise Http404("The form has no such section")


def _response(partnership: Partnership, questionnaire: str, slug: str, *, draft: bool = False) -> Response:
    found = Response.objects.for_partnership(partnership)
    if draft:
        found = found.filter(state=Response.State.DRAFT)
    return get_object_or_404(found, questionnaire=questionnaire, slug=slug)


def _answers(response: Response) -> list[Answer]:
    return list(Answer.objects.whole().filter(response=response))


def _is_theirs(request: SignedIn, partnership: Partnership, form: Questionnaire) -> bool:
    user = request.user
    return bool(user.has_perm("assessments.answer")) and may_answer(user, partnership, form)


def _to_answer(
    request: SignedIn, reference: str, questionnaire: str, slug: str, *, draft: bool = True
) -> tuple[Response, Questionnaire]:
    """A draft with its form, for those who fill it in; 404 for everybody else."""
    partnership = entry_to_answer(reference)
    response = _response(partnership, questionnaire, slug, draft=draft)
    form = _questionnaire(response.policy_version.policy, questionnaire)
    if not _is_theirs(request, partnership, form):
        raise Http404("The policy has others fill in this form")
    response.partnership = partnership
    return response, form


def _sent_already(request: SignedIn, response: Response) -> HttpResponse:
    """Whoever goes back to a form after it was sent is led to what was sent."""
    messages.error(request, "This form was sent and is kept as it is. Start it again if something changed")
    return redirect("assessments:questionnaire", response.partnership.reference, response.questionnaire, response.slug)


@requires("assessments.view")
def questionnaire_list(request: SignedIn, reference: str) -> HttpResponse:
    """Forms to fill in now, drafts, and what was sent."""
    partnership = entry(reference)
    version = version_in_force(now().date())
    responses = list(Response.objects.for_partnership(partnership))
    for each in responses:
        each.form = _questionnaire(each.policy_version.policy, each.questionnaire)  # type: ignore[attr-defined]
    drafts = [each for each in responses if each.is_draft]
    open_forms = {each.questionnaire for each in drafts}
    offered = [
        form
        for form, _ in asks.offered(version.policy, partnership, facts_of(partnership, version.policy))
        if form.id not in open_forms and _is_theirs(request, partnership, form)
    ]
    context = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "drafts": drafts,
        "sent": [each for each in responses if not each.is_draft],
        "offered": offered,
    }
    return render(request, "assessments/questionnaire_list.html", context)


@requires("assessments.answer")
@require_POST
def questionnaire_start(request: SignedIn, reference: str, questionnaire: str) -> HttpResponse:
    """Open a draft, or go on with the one that is open."""
    partnership = entry_to_answer(reference)
    moment = now()
    version = version_in_force(moment.date())
    form = _questionnaire(version.policy, questionnaire)
    if not _is_theirs(request, partnership, form):
        raise Http404("The policy has others fill in this form")
    occasion = asks.occasion_for(form, partnership.status)
    if not occasion:
        messages.error(request, f"{form.title} is not for an entry that is {partnership.get_status_display().lower()}")
        return redirect("assessments:questionnaire_list", reference)
    draft = (
        Response.objects.for_partnership(partnership)
        .filter(questionnaire=questionnaire, state=Response.State.DRAFT)
        .first()
    )
    if draft is None:
        try:
            draft = Response.start(
                partnership,
                questionnaire,
                occasion=occasion,
                by=request.user,
                policy_version=version,
                at=moment,
            )
        except Refused as refusal:
            told(request, refusal)
            return redirect("assessments:questionnaire_list", reference)
    return redirect("assessments:questionnaire", reference, questionnaire, draft.slug)


@requires("assessments.view")
def questionnaire(request: SignedIn, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """A draft as a list of its sections; sent answers to be read and printed."""
    partnership = entry(reference)
    response = _response(partnership, questionnaire, slug)
    policy = response.policy_version.policy
    form = _questionnaire(policy, questionnaire)
    answers = _answers(response)
    context: dict[str, Any] = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "response": response,
        "questionnaire": form,
        "version": response.policy_version,
    }
    if response.is_draft and _is_theirs(request, partnership, form):
        compulsory = asks.holds_back(partnership, policy, form)
        states = asks.states_of(policy, form, answers, response.occasion, compulsory=compulsory)
        context["groups"] = asks.grouped(states)
        context["progress"] = asks.progress_of(policy, form, answers, response.occasion)
        context |= _gap_links(response, form, answers)
        return render(request, "assessments/questionnaire.html", context)
    context["sheet"] = sheet_of(response, answers)
    if not response.is_draft and may_change(request, partnership):
        values = asks.asked_values(form, asks.values_of(answers))
        context["feeds"] = asks.feeds_of(partnership, policy, form, values)
        context["money_note"] = asks.money_note(partnership, policy, form, values)
    return render(request, "assessments/questionnaire_answers.html", context)


FIRST_GAPS = 5  # so many are read at a glance; the others open on request


def _gap_links(response: Response, form: Questionnaire, answers: list[Answer]) -> dict[str, Any]:
    """What is missing and what is only expected: by section, then each with the address of its question."""
    policy = response.policy_version.policy
    compulsory = asks.holds_back(response.partnership, policy, form)
    gaps = asks.gaps_of(policy, form, answers, response.occasion, compulsory=compulsory)
    missing = _told_gaps(response, form, [gap for gap in gaps if gap.blocks])
    return {"missing": missing, "expected": _told_gaps(response, form, [gap for gap in gaps if not gap.blocks])}


def _told_gaps(response: Response, form: Questionnaire, gaps: list[asks.Missing]) -> dict[str, Any]:
    """The gaps as a page tells them; empty when there are none."""
    if not gaps:
        return {}
    counts = Counter(gap.section for gap in gaps)
    links = [(gap.sentence, _section_address(response, gap.section) + f"#question-{gap.question}") for gap in gaps]
    # One left over is no reason to hide it.
    first = links if len(links) <= FIRST_GAPS + 1 else links[:FIRST_GAPS]
    return {
        "count": len(links),
        "first": first,
        "others": links[len(first) :],
        "sections": [
            (section.title, _section_address(response, section.id), counts[section.id])
            for section in form.sections
            if counts[section.id]
        ],
    }


def _section_address(response: Response, section_id: str) -> str:
    parts = [response.partnership.reference, response.questionnaire, response.slug, section_id]
    return reverse("assessments:questionnaire_section", args=parts)


@requires("assessments.answer")
def questionnaire_section(
    request: SignedIn, reference: str, questionnaire: str, slug: str, section: str
) -> HttpResponse:
    """One section's questions; a draft may leave any of them out."""
    partnership = entry_to_answer(reference)
    try:
        response, last = Response.objects.draft_and_last(partnership, questionnaire, slug)
    except Response.DoesNotExist:
        return _sent_already(request, _response(partnership, questionnaire, slug))
    response.partnership = partnership
    policy = response.policy_version.policy
    form_of_policy = _questionnaire(policy, questionnaire)
    if not _is_theirs(request, partnership, form_of_policy):
        raise Http404("The policy has others fill in this form")
    page = _section(form_of_policy, section)
    moment = now()
    both = list(Answer.objects.whole().filter(response__in=[each for each in (response, last) if each]))
    answers = [each for each in both if each.response_id == response.pk]
    before = [each for each in both if each.response_id != response.pk]
    values = asks.asked_values(form_of_policy, asks.values_of(answers))
    questions = asks.asked_of(form_of_policy, page, values)
    lists = CouncilLists()
    form = SectionForm(
        request.POST or None,
        request.FILES or None,
        policy=policy,
        questions=questions,
        answers=answers,
        prefills=asks.known_answers(partnership, policy, questions, lists),
        documents=asks.documents_for(partnership, questions),
        lists=lists,
        today=localdate(moment),
        last=asks.last_answers(last, before, questions, policy, lists),
        rows_shown=_rows_shown(request.GET.get("rows", "")),
        theirs_by=_who_else(answers, request.user),
    )
    if form.is_valid():
        try:
            services.keep_answers(
                response, form_of_policy, form.answers(), form.actions(),
                uploads=form.uploads(), by=request.user, at=moment,
            )  # fmt: skip
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return _go_on(request, response, form_of_policy, page, questions)
    context = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "response": response,
        "questionnaire": form_of_policy,
        "page": page,
        "number": form_of_policy.sections.index(page) + 1,
        "form": form,
        "blocks": blocks_of(
            form, questions, values, response.occasion, asks.worked_out_in(questions, response, form_of_policy, values)
        ),
        "averages": averages(policy, questions, values),
        "last": last,
        **_helps(partnership, {each.helps for each in questions}),
    }
    return render(request, "assessments/questionnaire_section.html", context)


def _helps(partnership: Partnership, asked: set[str]) -> dict[str, Any]:
    """What stands beside questions of this section; looked for only where one asks for it."""
    others = Partnership.objects.exclude(pk=partnership.pk)
    return {
        "similar": entries_like(partnership) if "similar_entries" in asked else [],
        "commitments": others.commitments() if "commitments" in asked else None,
    }


def _rows_shown(asked: str) -> dict[str, int]:
    """How many rows of a question the address asks for: "brk-d27:4"."""
    name, _, number = asked.rpartition(":")
    return {name: min(int(number), MOST_ROWS)} if number.isdecimal() else {}


MOST_ROWS = 200  # more than anybody fills in; an address must not ask for a page without end


def _who_else(answers: list[Answer], user: Any) -> str:
    """Who answered last, when it was somebody else."""
    others = [each for each in answers if each.answered_at and each.answered_by_name not in ("", str(user))]
    return max(others, key=lambda each: each.answered_at).answered_by_name if others else ""  # type: ignore[arg-type,return-value]


def _go_on(
    request: SignedIn,
    response: Response,
    form: Questionnaire,
    page: QuestionSection,
    shown: list[Question],
) -> HttpResponse:
    address = [response.partnership.reference, form.id, response.slug]
    if "leave" in request.POST:
        messages.success(request, f"Saved at {words.clock(response.saved_at)}. You can go on with it at any time")
        return redirect("assessments:questionnaire", *address)
    if name := request.POST.get("add-row"):
        rows = sum(1 for key in request.POST if re.fullmatch(rf"{re.escape(name)}--\d+", key)) + 1
        return redirect(f"{_section_address(response, page.id)}?rows={name}:{rows}#id_{name}_{rows - 1}")
    if marker := request.POST.get("take-row"):
        name = marker.rpartition("--")[0]
        messages.success(request, "Saved. The row is taken out")
        return redirect(f"{_section_address(response, page.id)}#question-{name}")
    values = asks.values_of(response.answers.all())
    asked_now = {each.id for each in asks.asked_of(form, page, values)}
    if following := len(asked_now - {each.id for each in shown}):
        more = words.count(following, "more question")
        messages.success(request, f"Saved. Your answers lead to {more} on this page")
        return redirect("assessments:questionnaire_section", *address, page.id)
    rest = form.sections[form.sections.index(page) + 1 :]
    if rest:
        return redirect("assessments:questionnaire_section", *address, rest[0].id)
    return redirect("assessments:questionnaire_check", *address)


@requires("assessments.answer")
def questionnaire_check(request: SignedIn, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """All answers once more, what is missing or only expected, and the button that sends them."""
    response, policy_form = _to_answer(request, reference, questionnaire, slug, draft=False)
    if not response.is_draft:
        return _sent_already(request, response)
    partnership = response.partnership
    form = SendForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.send(response, policy_form, by=request.user, at=now(), **form.cleaned_data)
        except Refused as refusal:
            told(request, refusal)
            return redirect("assessments:questionnaire_check", reference, questionnaire, slug)
        messages.success(request, f"{policy_form.title} {response.label} is sent and kept as it is")
        return redirect("assessments:questionnaire", reference, questionnaire, slug)
    answers = _answers(response)
    context = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "response": response,
        "questionnaire": policy_form,
        "sheet": sheet_of(response, answers),
        "form": form,
    } | _gap_links(response, policy_form, answers)
    return render(request, "assessments/questionnaire_check.html", context)


@requires("assessments.answer")
def questionnaire_discard(request: SignedIn, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """Ask, then take out a draft."""
    response, form = _to_answer(request, reference, questionnaire, slug)
    partnership = response.partnership
    if request.method == "POST":
        services.discard_response(response, by=request.user)
        messages.success(request, f"The draft of {form.title} is deleted")
        return redirect("assessments:questionnaire_list", reference)
    context = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "response": response,
        "questionnaire": form,
    }
    return render(request, "assessments/questionnaire_discard.html", context)


@requires("assessments.change")
def questionnaire_changes(request: SignedIn, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """What the answers say otherwise than the register: was and now, then one button."""
    partnership = own_entry(request, reference)
    response = _response(partnership, questionnaire, slug)
    policy = response.policy_version.policy
    form = _questionnaire(policy, questionnaire)
    if response.is_draft:
        raise Http404("Send the answers first")
    values = asks.asked_values(form, asks.values_of(_answers(response)))
    feeds = asks.feeds_of(partnership, policy, form, values)
    if request.method == "POST":
        chosen = [feed for feed in feeds if feed.core in request.POST.getlist("change")]
        if chosen:
            services.take_over(partnership, chosen, reason=f"{form.title} {response.label}", by=request.user)
            messages.success(request, f"The register has {words.count(len(chosen), 'change')} from these answers")
        else:
            messages.success(request, "You changed nothing")
        return redirect("assessments:questionnaire", reference, questionnaire, slug)
    context = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "response": response,
        "questionnaire": form,
        "feeds": feeds,
        "consequences": of_change(partnership, {feed.core: feed.value for feed in feeds if not feed.is_own}),
    }
    return render(request, "assessments/questionnaire_changes.html", context)


@requires("assessments.view")
def questionnaire_blank(request: SignedIn, questionnaire: str) -> HttpResponse:
    """The empty form with every question, to be printed and filled in by hand."""
    version = version_in_force(now().date())
    form = _questionnaire(version.policy, questionnaire)
    context = {"questionnaire": form, "version": version, "sections": blank_of(version.policy, form)}
    return render(request, "assessments/questionnaire_blank.html", context)
