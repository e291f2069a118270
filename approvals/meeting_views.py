"""Meetings: the list, one meeting with its agenda, what of it is exempt, outcomes, and notices of key decisions."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, requires
from approvals import access, arriving, key_decisions, meetings, services
from approvals.meeting_forms import AccessForm, BodyForm, CancelForm, KeyForm, MeetingForm, OutcomeForm, PlanForm
from approvals.models import AgendaItem, BodySetting, Exempt, KeyDecision, Meeting, MeetingState, Request, StepTaken
from approvals.papers import paper_of
from approvals.rules import ADVISING, BODY_ACTS
from config import words
from policy.refused import Refused

A_PAGE = 25


def _meeting_or_404(slug: str) -> Meeting:
    return get_object_or_404(Meeting, slug=slug)


def _item_or_404(slug: str, item_id: int) -> AgendaItem:
    return get_object_or_404(
        AgendaItem.objects.with_requests().select_related("meeting"), pk=item_id, meeting__slug=slug
    )


# --- The list, and planning -----------------------------------------------------------------------


@requires("approvals.view")
def meeting_list(request: SignedIn) -> HttpResponse:
    """Meetings to come with their closing dates, or those that were; of one body where chosen."""
    today = timezone.localdate()
    bodies = meetings.bodies_today(today)
    body = request.GET.get("body", "")
    is_past = request.GET.get("when") == "past"
    found = Meeting.objects.before_day(today) if is_past else Meeting.objects.from_day(today)
    if body in bodies:
        found = found.filter(body=body)
    page = Paginator(meetings.with_counts(found), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "bodies": bodies.values(),
        "body": body,
        "is_past": is_past,
        "sizes": (A_PAGE,),
        "passed_over": Meeting.objects.passed_over(today)[:A_PAGE],
    }
    return render(request, "approvals/meeting_list.html", context)


@requires("approvals.keep_meetings")
def meeting_add(request: SignedIn) -> HttpResponse:
    """Plan one or more meetings of a body."""
    user = request.user
    today = timezone.localdate()
    bodies = meetings.bodies_today(today)
    form = PlanForm(request.POST or None, bodies=bodies, initial={"body": request.GET.get("body", "")})
    if form.is_valid():
        given = form.cleaned_data
        body = bodies[given["body"]]
        usual = BodySetting.of(body.key)
        try:
            made = meetings.plan_many(
                body,
                given["days"],
                at=given["at"] or usual.at,
                place=given["place"] or usual.place,
                papers_days=usual.papers_days,
                by=user,
                today=today,
            )
        except Refused as refusal:
            form.add_error("days", str(refusal))
        else:
            first = made[0]
            messages.success(
                request,
                f"{words.count(len(made), 'meeting')} of {body.name} planned. "
                f"Papers for {words.day(first.on)} close on {words.day(first.papers_by)}",
            )
            return redirect(f"{reverse('approvals:meeting_list')}?body={body.key}")
    return _form_page(request, form, "Plan meetings", "Plan the meetings", back=reverse("approvals:meeting_list"))


def _form_page(request: SignedIn, form: Any, title: str, button: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "button": button} | more
    return render(request, "approvals/meeting_form.html", context)


@requires("approvals.view")
def body_list(request: SignedIn) -> HttpResponse:
    """The bodies of the policy, and what is usual for their meetings."""
    bodies = meetings.bodies_today(timezone.localdate())
    kept = {each.body: each for each in BodySetting.objects.filter(body__in=bodies)}
    rows = [(body, kept.get(body.key) or BodySetting.usual(body.key)) for body in bodies.values()]
    return render(request, "approvals/body_list.html", {"rows": rows})


@requires("approvals.keep_meetings")
def body_change(request: SignedIn, body: str) -> HttpResponse:
    """Set what is usual for the meetings of a body."""
    user = request.user
    found = meetings.bodies_today(timezone.localdate()).get(body)
    if found is None:
        raise Http404
    setting = BodySetting.of(body)
    form = BodyForm.of(setting, request.POST or None)
    if form.is_valid():
        setting.change(**form.cleaned_data, by=user)
        messages.success(request, f"What is usual for {found.name} is set. Meetings planned before stay as they are")
        return redirect("approvals:body_list")
    return _form_page(
        request, form, f"Meetings of {found.full_name}", "Save what is usual", back=reverse("approvals:body_list")
    )


# --- One meeting ----------------------------------------------------------------------------------


@requires("approvals.view")
def meeting(request: SignedIn, slug: str) -> HttpResponse:
    """A meeting with its agenda in two parts, papers missing, and what could be on it."""
    found = _meeting_or_404(slug)
    user = request.user
    today = timezone.localdate()
    services.bring_up_to_date()
    rows = meetings.agenda_of(found)
    can_keep = user.has_perm("approvals.keep_meetings")
    could = Paginator(meetings.could_be_on(found), A_PAGE).get_page(request.GET.get("page"))
    is_planned = found.state == MeetingState.PLANNED
    context = {
        "meeting": found,
        "public": [row for row in rows if not row.is_whole_exempt],
        "exempt": [row for row in rows if row.is_whole_exempt],
        "rows": rows,
        "could": could,
        "could_rows": [meetings.could_row(each) for each in could] if is_planned else [],
        "can_keep": can_keep,
        "can_change": can_keep and is_planned,
        "dealt_with": sum(row.is_dealt_with for row in rows),
        "is_due": is_planned and found.on <= today,
        "is_over": is_planned and found.on < today,
        "sizes": (A_PAGE,),
        "papers_closed": is_planned and found.papers_by < today,
    }
    return render(request, "approvals/meeting.html", context)


@requires("approvals.keep_meetings")
def meeting_change(request: SignedIn, slug: str) -> HttpResponse:
    """Time, place, closing date."""
    found = _meeting_or_404(slug)
    user = request.user
    names = ("at", "place", "papers_by", "in_public")
    form = MeetingForm(request.POST or None, meeting=found, initial={name: getattr(found, name) for name in names})
    if form.is_valid():
        try:
            found.change(**form.cleaned_data, by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found} is changed")
            return redirect("approvals:meeting", slug)
    return _form_page(
        request,
        form,
        f"Change the meeting: {found}",
        "Save the meeting",
        back=reverse("approvals:meeting", args=[slug]),
    )


@requires("approvals.keep_meetings")
def meeting_cancel(request: SignedIn, slug: str) -> HttpResponse:
    """Call a meeting off."""
    found = _meeting_or_404(slug)
    user = request.user
    form = CancelForm(request.POST or None)
    if form.is_valid():
        try:
            found.cancel(by=user, reason=form.cleaned_data["reason"], today=timezone.localdate())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found} is cancelled. Its items can go on another agenda")
            return redirect("approvals:meeting", slug)
    return _form_page(
        request,
        form,
        f"Cancel the meeting: {found}",
        "Cancel the meeting",
        back=reverse("approvals:meeting", args=[slug]),
    )


@requires("approvals.keep_meetings")
@require_POST
def meeting_state(request: SignedIn, slug: str) -> HttpResponse:
    """Say that a meeting was held, or plan a cancelled one again."""
    found = _meeting_or_404(slug)
    user = request.user
    today = timezone.localdate()
    try:
        if request.POST.get("state") == MeetingState.HELD:
            found.hold(by=user, today=today)
        else:
            found.plan_again(by=user, today=today)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found}: {found.get_state_display().lower()}")
    return redirect("approvals:meeting", slug)


# --- The agenda -----------------------------------------------------------------------------------


@requires("approvals.keep_meetings")
@require_POST
def agenda_add(request: SignedIn, slug: str) -> HttpResponse:
    """Put a step of a request on the agenda."""
    found = _meeting_or_404(slug)
    user = request.user
    wanted = get_object_or_404(Request, reference=request.POST.get("request", ""))
    try:
        meetings.put_on(found, wanted, request.POST.get("step", ""), by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{wanted.reference} is on the agenda of {found}")
    return redirect("approvals:meeting", slug)


@requires("approvals.keep_meetings")
@require_POST
def agenda_move(request: SignedIn, slug: str, item_id: int) -> HttpResponse:
    """Move an item up or down in its part."""
    item = _item_or_404(slug, item_id)
    user = request.user
    try:
        meetings.move(item, up=request.POST.get("to") == "up", by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('approvals:meeting', args=[slug])}#item-{item_id}")


@requires("approvals.keep_meetings")
@require_POST
def agenda_take_off(request: SignedIn, slug: str, item_id: int) -> HttpResponse:
    """Take an item off the agenda."""
    item = _item_or_404(slug, item_id)
    user = request.user
    reference = item.request.reference
    try:
        meetings.take_off(item, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{reference} is off the agenda. It can go on another")
    return redirect("approvals:meeting", slug)


@requires("approvals.keep_meetings")
def agenda_access(request: SignedIn, slug: str, item_id: int) -> HttpResponse:
    """What of an item's paper is exempt, under which paragraph, and why."""
    item = _item_or_404(slug, item_id)
    user = request.user
    route = item.request.policy_version.policy.route(item.request.route)
    taken = StepTaken.objects.in_round(item.request)
    said = [(step.id, step.title) for step in route.steps if step.act in BODY_ACTS | ADVISING]
    parts = access.parts_of(paper_of(item.request, steps=list(taken)), said)
    initial = {
        "exempt": item.exempt or "none",
        "paragraph": item.paragraph,
        "parts": item.exempt_parts,
        "why": item.exempt_why,
    }
    form = AccessForm(request.POST or None, parts=parts, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        exempt = "" if given["exempt"] == "none" else given["exempt"]
        try:
            item.classify(exempt, paragraph=given["paragraph"], parts=given["parts"], why=given["why"], by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words_of = {"": "is public", Exempt.PART: "is exempt in parts", Exempt.WHOLE: "stands in the exempt part"}
            messages.success(request, f"{item.request.reference} {words_of[exempt]}")
            return redirect("approvals:meeting", slug)
    return _form_page(
        request,
        form,
        f"What the public may see: {item.request.reference}",
        "Save what is exempt",
        back=reverse("approvals:meeting", args=[slug]),
        says=f"{route.title}: {item.request.matter}. {item.meeting}.",
    )


# --- Outcomes -------------------------------------------------------------------------------------


@requires("approvals.view")
def outcomes(request: SignedIn, slug: str) -> HttpResponse:
    """The outcomes of a meeting in one page: a row an item, then what will be recorded, then one button."""
    found = _meeting_or_404(slug)
    user = request.user
    today = timezone.localdate()
    services.bring_up_to_date()
    rows = meetings.agenda_of(found)
    why_not = meetings.why_not_rows(rows, user, today=today)
    problem = meetings.why_no_outcomes(found, today=today)
    marks = meetings.marks_of(rows)
    forms = [
        OutcomeForm(request.POST or None, row=row, mark=marks[row.item.pk], minute=_minute(found, row))
        for row in rows
        if not why_not[row.item.pk] and not problem
    ]
    context: dict[str, Any] = {
        "meeting": found,
        "problem": problem,
        "rows": [(row, why_not[row.item.pk]) for row in rows if why_not[row.item.pk]],
        "forms": forms,
    }
    wrong = [form for form in forms if form.is_bound and not form.is_valid()]
    if request.method != "POST" or wrong:
        return render(request, "approvals/outcomes.html", context)
    said = [form for form in forms if form.is_said]
    lost = [row for row in rows if why_not[row.item.pk] and request.POST.get(f"item{row.item.pk}-outcome")]
    if "record" in request.POST or not said:
        for row in lost:
            messages.error(request, f"{row.request.reference} is not recorded. {why_not[row.item.pk]}")
    if not said and lost:
        return redirect("approvals:outcomes", slug)
    if not said:
        messages.error(request, problem or "Select an outcome for at least one item")
        return redirect("approvals:outcomes", slug)
    if "record" not in request.POST:
        kept = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
        context |= {"said": said, "unsaid": len(forms) - len(said), "kept": kept}
        return render(request, "approvals/outcomes_check.html", context)
    return _record(request, found, said, is_part=bool(lost))


def _record(request: SignedIn, found: Meeting, said: list[OutcomeForm], *, is_part: bool) -> HttpResponse:
    """Record what was said, and tell what stands and what does not."""
    user = request.user
    done = meetings.record(found, [form.recorded(found.on) for form in said], by=user, at=timezone.now())
    for item, why in done.refused:
        messages.error(request, f"{item.request.reference} is not recorded. {why}")
    if done.kept:
        messages.success(request, f"{words.count(len(done.kept), 'outcome')} of {found} recorded")
    return redirect("approvals:outcomes" if done.refused or is_part else "approvals:meeting", found.slug)


def _minute(meeting: Meeting, row: meetings.Row) -> str:
    """The usual minute reference: body, number on the agenda, year."""
    return f"{meeting.body_name} {row.number}/{meeting.on:%Y-%m-%d}"


# --- Key decisions --------------------------------------------------------------------------------


@requires("approvals.mark_key")
def key_decision(request: SignedIn, reference: str) -> HttpResponse:
    """Whether a request's decision is key, the day of its notice, and an exception."""
    readable = Request.objects.readable_by(request.user)
    found = get_object_or_404(readable.select_related("partnership", "policy_version"), reference=reference)
    if not found.is_open:
        messages.error(request, f"{reference} has ended. Whether a decision is key is said before it is taken")
        return redirect("approvals:request", reference)
    user = request.user
    kept = KeyDecision.objects.filter(request=found).first()
    names = ("why", "published_on", "exception", "exception_on", "exception_by", "exception_why")
    suggested = key_decisions.why_key_of(found)
    initial: dict[str, Any] = {"is_key": "yes" if suggested else "", "why": suggested}
    if kept:
        initial = {"is_key": "yes" if kept.is_key else "no"} | {name: getattr(kept, name) for name in names}
    form = KeyForm(request.POST or None, initial=initial)
    if form.is_valid():
        (kept or KeyDecision(request=found)).say(**form.cleaned_data, by=user)
        messages.success(request, f"What is said about {reference} as a key decision is kept")
        return redirect("approvals:request", reference)
    return _form_page(
        request,
        form,
        f"Key decision: {reference}",
        "Save the key decision",
        back=reverse("approvals:request", args=[reference]),
        says=suggested and f"{suggested}.",
    )


@requires("approvals.view")
def notices(request: SignedIn) -> HttpResponse:
    """Notice of key decisions to come: what, who, when at the earliest, and which notice still has to be published."""
    services.bring_up_to_date()
    page = Paginator(arriving.key_decisions(), A_PAGE).get_page(request.GET.get("page"))
    rows = arriving.notice_rows(list(page), today=timezone.localdate())
    return render(request, "approvals/notices.html", {"rows": rows, "page": page, "sizes": (A_PAGE,)})
