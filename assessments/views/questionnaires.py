"""Questionnaires of the policy: started, filled in section by section, checked, sent and read."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.permissions import requires
from assessments import questionnaires as asks
from assessments import services
from assessments.answers import CouncilLists
from assessments.consequences import of_change
from assessments.facts import facts_of
from assessments.forms import SectionForm, blocks_of, refuse
from assessments.models import Answer, Response
from assessments.sections import QUESTIONNAIRES
from assessments.views.shared import entry, may_change, now, own_entry, told, version_in_force
from config import words
from policy.model import Policy, Question, Questionnaire, QuestionSection
from policy.refused import Refused
from register.models import Partnership


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
    return list(response.answers.select_related("evidence_document", "attachment", "action", "action__owner"))


@requires("assessments.view")
def questionnaire_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Forms to fill in now, drafts, and what was sent."""
    partnership = entry(reference)
    version = version_in_force(now().date())
    responses = list(Response.objects.for_partnership(partnership))
    for each in responses:
        each.form = _questionnaire(each.policy_version.policy, each.questionnaire)  # type: ignore[attr-defined]
    drafts = [each for each in responses if each.is_draft]
    open_forms = {each.questionnaire for each in drafts}
    offered = asks.offered(version.policy, partnership, facts_of(partnership, version.policy))
    context = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "drafts": drafts,
        "sent": [each for each in responses if not each.is_draft],
        "offered": [form for form, _ in offered if form.id not in open_forms],
        "can_change": may_change(request, partnership),
    }
    return render(request, "assessments/questionnaire_list.html", context)


@requires("assessments.change")
@require_POST
def questionnaire_start(request: HttpRequest, reference: str, questionnaire: str) -> HttpResponse:
    """Open a draft, or go on with the one that is open."""
    partnership = own_entry(request, reference)
    moment = now()
    version = version_in_force(moment.date())
    form = _questionnaire(version.policy, questionnaire)
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
                by=request.user,  # type: ignore[arg-type]
                policy_version=version,
                at=moment,
            )
        except Refused as refusal:
            told(request, refusal)
            return redirect("assessments:questionnaire_list", reference)
    return redirect("assessments:questionnaire", reference, questionnaire, draft.slug)


@requires("assessments.view")
def questionnaire(request: HttpRequest, reference: str, questionnaire: str, slug: str) -> HttpResponse:
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
        "can_change": may_change(request, partnership),
    }
    if response.is_draft and context["can_change"]:
        context["states"] = asks.states_of(form, answers, response.occasion)
        context["missing"] = _missing_links(partnership, response, form, answers)
        return render(request, "assessments/questionnaire.html", context)
    context["answered"] = asks.read_back(response, form, answers, CouncilLists())
    if not response.is_draft and context["can_change"]:
        values = asks.values_of(answers)
        context["feeds"] = asks.feeds_of(partnership, policy, form, values)
        context["money_note"] = asks.money_note(partnership, policy, form, values)
    return render(request, "assessments/questionnaire_answers.html", context)


def _missing_links(
    partnership: Partnership, response: Response, form: Questionnaire, answers: list[Answer]
) -> list[tuple[str, str]]:
    """What is missing, each with the address of its question."""
    return [
        (
            missing.sentence,
            reverse(
                "assessments:questionnaire_section",
                args=[partnership.reference, form.id, response.slug, missing.section],
            )
            + f"#question-{missing.question}",
        )
        for missing in asks.missing_of(form, answers, response.occasion)
    ]


def _kept(answers: list[Answer], policy_questions: dict[str, Question]) -> dict[str, dict[str, Any]]:
    """The answers as a section's form takes them."""
    return {
        answer.question: {
            "value": answer.value,
            "text": answer.text,
            "evidence_source": answer.evidence_source,
            "evidence_on": answer.evidence_on,
            "evidence_document_id": answer.evidence_document_id,
            "attachment_id": answer.attachment_id,
            "is_still_right": answer.is_still_right,
            "action": answer.action.text if answer.action else "",
            "action_owner": answer.action.owner_name if answer.action else "",
            "action_due": answer.action.due_on if answer.action else None,
        }
        for answer in answers
    }


@requires("assessments.change")
def questionnaire_section(
    request: HttpRequest, reference: str, questionnaire: str, slug: str, section: str
) -> HttpResponse:
    """One section's questions; a draft may leave any of them out."""
    partnership = own_entry(request, reference)
    response = _response(partnership, questionnaire, slug, draft=True)
    policy = response.policy_version.policy
    form_of_policy = _questionnaire(policy, questionnaire)
    page = _section(form_of_policy, section)
    answers = _answers(response)
    values = asks.values_of(answers)
    questions = asks.asked_of(form_of_policy, page, values)
    lists = CouncilLists()
    prefills = asks.prefills_of(partnership, policy, questions, facts_of(partnership, policy), lists)
    form = SectionForm(
        request.POST or None,
        policy=policy,
        questions=questions,
        kept=_kept(answers, form_of_policy.by_id),
        prefills=prefills,
        documents=list(partnership.documents.order_by("title", "pk")),
        lists=lists,
        theirs_by=next((each.answered_by_name for each in answers if each.answered_by_name), ""),
    )
    if form.is_valid():
        try:
            services.keep_answers(response, form_of_policy, form.answers(), form.actions(), by=request.user, at=now())  # type: ignore[arg-type]
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return _go_on(request, response, form_of_policy, page, questions)
    last = Response.objects.latest_for(partnership, questionnaire).prefetch_related("answers").first()
    before = services.answers_in_words(last, lists) if last else {}
    context = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "response": response,
        "questionnaire": form_of_policy,
        "page": page,
        "number": form_of_policy.sections.index(page) + 1,
        "form": form,
        "blocks": blocks_of(form, questions, values=values, before=before, occasion=response.occasion),
        "last": last,
    }
    return render(request, "assessments/questionnaire_section.html", context)


def _go_on(
    request: HttpRequest,
    response: Response,
    form: Questionnaire,
    page: QuestionSection,
    shown: list[Question],
) -> HttpResponse:
    address = [response.partnership.reference, form.id, response.slug]
    if "leave" in request.POST:
        messages.success(request, f"Saved at {words.clock(response.saved_at)}. You can go on with it at any time")
        return redirect("assessments:questionnaire", *address)
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


@requires("assessments.change")
def questionnaire_check(request: HttpRequest, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """All answers once more, what is missing, and the button that sends them."""
    partnership = own_entry(request, reference)
    response = _response(partnership, questionnaire, slug, draft=True)
    form = _questionnaire(response.policy_version.policy, questionnaire)
    if request.method == "POST":
        try:
            services.send(response, form, by=request.user, at=now())  # type: ignore[arg-type]
        except Refused as refusal:
            told(request, refusal)
            return redirect("assessments:questionnaire_check", reference, questionnaire, slug)
        messages.success(request, f"{form.title} {response.label} is sent and kept as it is")
        return redirect("assessments:questionnaire", reference, questionnaire, slug)
    answers = _answers(response)
    context = {
        "partnership": partnership,
        "section": QUESTIONNAIRES,
        "response": response,
        "questionnaire": form,
        "answered": asks.read_back(response, form, answers, CouncilLists()),
        "missing": _missing_links(partnership, response, form, answers),
    }
    return render(request, "assessments/questionnaire_check.html", context)


@requires("assessments.change")
def questionnaire_discard(request: HttpRequest, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """Ask, then take out a draft."""
    partnership = own_entry(request, reference)
    response = _response(partnership, questionnaire, slug, draft=True)
    form = _questionnaire(response.policy_version.policy, questionnaire)
    if request.method == "POST":
        services.discard_response(response, by=request.user)  # type: ignore[arg-type]
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
def questionnaire_changes(request: HttpRequest, reference: str, questionnaire: str, slug: str) -> HttpResponse:
    """What the answers say otherwise than the register: was and now, then one button."""
    partnership = own_entry(request, reference)
    response = _response(partnership, questionnaire, slug)
    policy = response.policy_version.policy
    form = _questionnaire(policy, questionnaire)
    if response.is_draft:
        raise Http404("Send the answers first")
    feeds = asks.feeds_of(partnership, policy, form, asks.values_of(_answers(response)))
    if request.method == "POST":
        chosen = [feed for feed in feeds if feed.core in request.POST.getlist("change")]
        if chosen:
            services.take_over(partnership, chosen, reason=f"{form.title} {response.label}", by=request.user)  # type: ignore[arg-type]
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
        "consequences": of_change(partnership, {feed.core: feed.value for feed in feeds}),
    }
    return render(request, "assessments/questionnaire_changes.html", context)
