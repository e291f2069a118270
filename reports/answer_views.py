"""Answers over the whole register: the policy's forms, a form's questions, and one question's answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from assessments.questionnaires import is_filled_in
from policy.model import Question, Questionnaire
from policy.models import PolicyVersion
from register.listing import policy_in_force
from reports.answers import Answers, columns_of_answers, forms_of
from reports.sheets import downloaded, notes_for, write_workbook

SIZES = (25, 50, 100)


def _in_force() -> PolicyVersion:
    version = policy_in_force(timezone.localdate())
    if version is None:
        raise Http404("No policy is in force yet. Ask an administrator to load one")
    return version


def _form(version: PolicyVersion, questionnaire: str) -> Questionnaire:
    try:
        return version.policy.questionnaire(questionnaire)
    except KeyError:
        raise Http404("The policy has no such form") from None


def _asked(request: HttpRequest, questionnaire: str, question: str) -> tuple[PolicyVersion, Questionnaire, Answers]:
    version = _in_force()
    form = _form(version, questionnaire)
    asked = form.by_id.get(question)
    if asked is None or not (is_filled_in(asked) or asked.parts_rule):
        raise Http404("The form has no such question")
    return version, form, Answers(version.policy, form, asked, key=request.GET.get("answer", ""))


@requires("reports.answers")
def form_list(request: SignedIn) -> HttpResponse:
    """The policy's forms with how many partnerships have sent each, and how many have not."""
    version = _in_force()
    return render(request, "reports/form_list.html", {"rows": forms_of(version.policy), "version": version})


@requires("reports.answers")
def form(request: SignedIn, questionnaire: str) -> HttpResponse:
    """A form's questions, each leading to its answers over the register."""
    version = _in_force()
    found = _form(version, questionnaire)
    sections = [(section, _questions(found, section.id)) for section in found.sections]
    return render(request, "reports/form.html", {"form_asked": found, "sections": sections, "version": version})


def _questions(form: Questionnaire, section_id: str) -> list[Question]:
    section = next(each for each in form.sections if each.id == section_id)
    asked = [part for each in form.questions_of(section) for part in (each, *each.parts)]
    return [each for each in asked if is_filled_in(each) or each.parts_rule]


@requires("reports.answers")
def answers(request: SignedIn, questionnaire: str, question: str) -> HttpResponse:
    """The last answers of all partnerships to one question, counted and filtered."""
    version, form_asked, found = _asked(request, questionnaire, question)
    size = request.GET.get("size", "")
    page, rows = found.page(request.GET.get("page"), int(size) if size in map(str, SIZES) else SIZES[0])
    context: dict[str, Any] = {
        "version": version,
        "rows": rows,
        "form_asked": form_asked,
        "question": found.question,
        "choices": found.choices(),
        "chosen": found.key,
        "page": page,
        "download": f"{reverse('reports:answers_xlsx', args=[questionnaire, question])}?{request.GET.urlencode()}",
    }
    return render(request, "reports/answers.html", context)


@requires("reports.answers")
def answers_xlsx(request: SignedIn, questionnaire: str, question: str) -> HttpResponseBase:
    """The same as an Excel workbook."""
    version, form_asked, found = _asked(request, questionnaire, question)
    rows = list(found.every())
    notes = notes_for(
        policy=str(version),
        filter_in_words=f"{form_asked.title}: {found.question.text}",
        entries=len(rows),
        made_by=str(request.user),
        made_at=timezone.localtime(),
        address=request.build_absolute_uri(reverse("reports:answers", args=[questionnaire, question])),
    )
    columns = columns_of_answers(found.question)
    return downloaded(f"answers-{question}", lambda out: write_workbook(out, rows, columns, notes, title="Answers"))
