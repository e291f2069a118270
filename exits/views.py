"""The page of leaving, its changes, and the lessons of partnerships that were left."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from approvals.views import own_or_404
from exits import services
from exits.forms import ArrangementsForm, DecisionForm, LessonAnswersForm, LessonFilterForm, LessonsForm, WhyForm
from exits.models import Kind, Leaving, Lesson
from exits.sections import LEAVING
from exits.tasks import shown_of
from policy.model import CoreName
from policy.models import PolicyVersion
from policy.refused import Refused
from register.facts import Asked
from register.models import Partnership, Status
from register.views.shared import entry_or_404

A_PAGE = 25


def _leaving_or_404(reference: str) -> Leaving:
    leaving = Leaving.objects.of(entry_or_404(reference))
    if leaving is None:
        raise Http404
    return leaving


def _own_or_404(request: HttpRequest, reference: str) -> Leaving:
    leaving = _leaving_or_404(reference)
    if not services.may_change(leaving.partnership, request.user):
        raise Http404
    return leaving


def _trail(partnership: Partnership) -> list[tuple[str, str]]:
    return [
        (partnership.name, reverse("register:partnership", args=[partnership.reference])),
        ("Leaving", reverse("exits:exit", args=[partnership.reference])),
    ]


def _form_page(request: HttpRequest, leaving_or_entry: Any, **context: Any) -> HttpResponse:
    partnership = getattr(leaving_or_entry, "partnership", leaving_or_entry)
    return render(
        request, "exits/form_page.html", {"partnership": partnership, "trail": _trail(partnership), **context}
    )


# --- One partnership ------------------------------------------------------------------------------


@requires("exits.view")
def exit_page(request: SignedIn, reference: str) -> HttpResponse:
    """Leaving as a task list, with what is still to do; what was done once the council has left."""
    user = request.user
    today = timezone.localdate()
    partnership = entry_or_404(reference)
    leaving = Leaving.objects.of(partnership)
    version = leaving.policy_version if leaving else PolicyVersion.objects.in_force(today)
    context: dict[str, Any] = {
        "partnership": partnership,
        "section": LEAVING,
        "leaving": leaving,
        "may_change": services.may_change(partnership, user),
        "is_leaving": partnership.status == Status.LEAVING,
        "routes": version.policy.routes_for("leave") if version else (),
        "mark": version.policy.significance if version else None,
    }
    if leaving:
        context["shown"] = shown_of(leaving, today=today, may_change=context["may_change"])
        context["problem"] = services.why_not_left(leaving, by=user, today=today) if leaving.is_open else ""
        context["can_take_back"] = not leaving.is_open and not services.why_not_take_back(leaving, by=user)
        context["lessons"] = list(leaving.lessons.order_by("kind", "place"))
    return render(request, "exits/exit.html", context)


@requires("exits.change")
def decision(request: SignedIn, reference: str) -> HttpResponse:
    """Record a decision to leave that was taken before the register kept decisions."""
    user = request.user
    partnership = entry_or_404(reference)
    version = PolicyVersion.objects.in_force(timezone.localdate())
    if version is None or partnership.status != Status.LEAVING or not services.may_change(partnership, user):
        raise Http404
    if Leaving.objects.under_way().filter(partnership=partnership).exists():
        return redirect("exits:exit", reference)
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            services.record_decision(partnership, version=version, by=user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The decision to leave is recorded. Now say when and how the council leaves")
            return redirect("exits:exit", reference)
    return _form_page(request, partnership, form=form, title="Record the decision to leave", button="Record decision")


@requires("exits.change")
def arrangements(request: SignedIn, reference: str) -> HttpResponse:
    """The last day, the notice, whom was told and what comes back."""
    user = request.user
    leaving = _own_or_404(request, reference)
    if not leaving.is_open:
        messages.error(request, "The council has left, so what was arranged stays as it was")
        return redirect("exits:exit", reference)
    kept = {name: getattr(leaving, name) for name in ArrangementsForm.base_fields}
    form = ArrangementsForm(request.POST or None, initial=kept)
    if form.is_valid():
        try:
            services.arrange(leaving, form.cleaned_data, by=user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The arrangements are saved")
            return redirect("exits:exit", reference)
    return _form_page(request, leaving, form=form, title="Arrangements for leaving", button="Save arrangements")


@requires("exits.change")
def lessons_of_entry(request: SignedIn, reference: str) -> HttpResponse:
    """What was learned, where the policy has no form that asks for it."""
    user = request.user
    leaving = _own_or_404(request, reference)
    kept = {f"{each.kind}_{each.place}": each.text for each in leaving.lessons.all()}
    form = LessonsForm(request.POST or None, initial=kept)
    if form.is_valid():
        services.say_lessons(leaving, form.said(), by=user, at=timezone.now())
        messages.success(request, "The lessons are saved. Others find them under “Lessons”")
        return redirect("exits:exit", reference)
    return _form_page(request, leaving, form=form, title="What was learned", button="Save lessons")


@requires("exits.change")
def left(request: SignedIn, reference: str) -> HttpResponse:
    """Record that the council has left, once nothing is left to do."""
    user = request.user
    leaving = _own_or_404(request, reference)
    if request.method == "POST":
        try:
            services.record_left(leaving, by=user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"The council has left {leaving.partnership}. The entry is kept as it is")
        return redirect("exits:exit", reference)
    problem = services.why_not_left(leaving, by=user, today=timezone.localdate())
    context = {"partnership": leaving.partnership, "trail": _trail(leaving.partnership)}
    return render(request, "exits/left.html", context | {"leaving": leaving, "problem": problem})


@requires("register.move")
def take_back(request: SignedIn, reference: str) -> HttpResponse:
    """Take back that the council has left."""
    user = request.user
    leaving = _own_or_404(request, reference)
    if problem := services.why_not_take_back(leaving, by=user):
        messages.error(request, problem)
        return redirect("exits:exit", reference)
    form = WhyForm(request.POST or None)
    if form.is_valid():
        try:
            services.take_back(leaving, why=form.cleaned_data["why"], by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{leaving.partnership} is leaving again")
            return redirect("exits:exit", reference)
    return _form_page(request, leaving, form=form, title="Take back that the council has left", button="Take back")


@requires("approvals.ask")
def lessons_of_request(request: SignedIn, reference: str) -> HttpResponse:
    """What the proposer says to the lessons of similar partnerships: used, or does not apply because."""
    user = request.user
    found = own_or_404(request, reference)
    lessons = services.lessons_for(found)
    back = redirect("approvals:request", reference)
    if not lessons:
        messages.error(request, "No lesson is offered to this request")
        return back
    kept = services.answers_to(found, lessons)
    initial = {f"use_{pk}": each.use for pk, each in kept.items()}
    initial |= {f"because_{pk}": each.because for pk, each in kept.items()}
    form = LessonAnswersForm(request.POST or None, lessons=lessons, initial=initial)
    if form.is_valid():
        try:
            services.answer_lessons(found, form.said(), by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "What you said to the lessons is saved. Those who decide see it")
            return back
    trail = [(found.reference, reverse("approvals:request", args=[reference]))]
    context = {"partnership": found.partnership, "trail": trail, "form": form, "found": found}
    return render(request, "exits/lessons_of_request.html", context)


# --- Lessons --------------------------------------------------------------------------------------


@requires("exits.view")
def lesson_list(request: SignedIn) -> HttpResponse:
    """All lessons, narrowed by words, kind, nature, theme, partner and year; a year of them is the digest (RED-G16)."""
    natures, themes = _labels("nature", "theme")
    years = [day.year for day in Lesson.objects.dates("said_on", "year", order="DESC")]
    form = LessonFilterForm(request.GET or None, natures=natures, themes=themes, years=years)
    asked = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_narrowed(asked), A_PAGE).get_page(request.GET.get("page"))
    rows = []
    for each in page:
        entry = each.leaving.partnership
        about = (natures.get(entry.nature, entry.nature), themes.get(entry.theme, entry.theme))
        rows.append((each, Kind(each.kind).label, " · ".join(filter(None, about))))
    in_use = sum(bool(value) for value in asked.values())
    context = {"filter": form, "in_use": in_use, "page": page, "rows": rows, "sizes": (A_PAGE,)}
    return render(request, "exits/lesson_list.html", context | {"year": asked.get("year", "")})


def _labels(*cores: CoreName) -> list[dict[str, str]]:
    """What the values of these choices are called, by id; nothing where the policy does not ask."""
    today = timezone.localdate()
    version = PolicyVersion.objects.in_force(today)
    asked = Asked(version.policy if version else None, today=today, version=version)
    fields = [version.policy.core_field(core) if version else None for core in cores]
    return [asked.options(field.list if field else None) for field in fields]


def _narrowed(asked: dict[str, Any]) -> Any:
    found = Lesson.objects.for_list()
    for word in asked.get("q", "").split():
        found = found.filter(Q(text__icontains=word) | Q(leaving__partnership__name__icontains=word))
    if kind := asked.get("kind"):
        found = found.filter(kind=kind)
    if nature := asked.get("nature"):
        found = found.filter(leaving__partnership__nature=nature)
    if theme := asked.get("theme"):
        found = found.filter(leaving__partnership__theme=theme)
    if partner := asked.get("partner"):
        entries = Partnership.objects.filter(memberships__organisation__name__icontains=partner).values("pk")
        found = found.filter(leaving__partnership__in=entries)
    if year := asked.get("year"):
        found = found.filter(said_on__year=year)
    return found
