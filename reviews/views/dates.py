"""Everything that falls due: the list, the months, and a calendar feed."""

from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import ServiceArea
from accounts.permissions import SignedIn, requires
from accounts.roles import Role
from config import words
from policy.models import PolicyVersion
from policy.refused import Refused
from reviews import icalendar, services
from reviews.forms import DoneForm
from reviews.models import CalendarAddress, Occasion, OccasionQuerySet, Review, cycle_of

SIZES = (25, 50, 100)
WHEN = {"": "All", "late": "Late", "30": "Due in 30 days", "90": "Due in 90 days", "waiting": "Waiting for sign-off"}
MONTHS_AHEAD = 366  # days that the list of months and the calendar look ahead
OWN_FIRST = {Role.LEAD_OFFICER, Role.RESPONSIBLE_HEAD}


def _size(request: SignedIn) -> int:
    asked = request.GET.get("size", "")
    return int(asked) if asked.isdecimal() and int(asked) in SIZES else SIZES[0]


def _whose(request: SignedIn) -> str:
    """Own first for those who lead or answer for entries; all for the others, and for who asks for all."""
    user = request.user
    asked = request.GET.get("whose", "")
    if asked in ("mine", "all"):
        return asked
    return "mine" if OWN_FIRST & user.roles and Role.REGISTER_MANAGER not in user.roles else "all"


def _occasions(request: SignedIn) -> OccasionQuerySet:
    found = Occasion.objects.for_list()
    if _whose(request) == "mine":
        return found.concerning(request.user)
    return found


@requires("reviews.view")
def review_list(request: SignedIn) -> HttpResponse:
    """What is late, due and to come, over all entries or one's own. The same queries for any number."""
    today = timezone.localdate()
    services.bring_up_to_date(at=timezone.now())
    own = _occasions(request)
    counts = {
        "late": own.late(today).count(),
        "soon": own.due(today).count(),
        "waiting": own.filter(review__in=Review.objects.waiting()).count(),
        "all": own.count(),
    }
    when, cycle, service = (request.GET.get(name, "") for name in ("when", "cycle", "service"))
    found = own
    if when == "late":
        found = found.late(today)
    elif when in ("30", "90"):
        found = found.to_do().filter(due_on__lte=today + timedelta(days=int(when)))
    elif when == "waiting":
        found = found.filter(review__in=Review.objects.waiting())
    if cycle:
        found = found.filter(cycle=cycle)
    if service.isdecimal():
        found = found.filter(partnership__service=int(service))
    page = Paginator(found, _size(request)).get_page(request.GET.get("page"))
    for each in page:
        each.late = each.is_late(today)  # type: ignore[attr-defined]
    version = PolicyVersion.objects.in_force(today)
    context = {
        "page": page,
        "sizes": SIZES,
        "facts": [
            {"label": "Late", "figure": counts["late"], "sense": "", "address": "?when=late" + _keep(request)},
            {"label": "Due in 30 days", "figure": counts["soon"], "sense": "", "address": "?when=30" + _keep(request)},
            {
                "label": "Waiting for sign-off",
                "figure": counts["waiting"],
                "sense": "",
                "address": "?when=waiting" + _keep(request),
            },
            {"label": "With a day", "figure": counts["all"], "sense": "next day of each", "address": ""},
        ],
        "whose": _whose(request),
        "when": when,
        "cycle": cycle,
        "service": service,
        "whens": WHEN.items(),
        "cycles": [(each.id, each.title) for each in version.policy.cycles] if version else [],
        "services": ServiceArea.objects.order_by("name"),
        "in_use": sum(1 for each in (when, cycle, service) if each),
        "today": today,
    }
    return render(request, "reviews/review_list.html", context)


def _keep(request: SignedIn) -> str:
    return f"&whose={_whose(request)}"


@requires("reviews.view")
def date_list(request: SignedIn) -> HttpResponse:
    """A year of dates, month by month, the late ones first."""
    today = timezone.localdate()
    services.bring_up_to_date(at=timezone.now())
    last = today + timedelta(days=MONTHS_AHEAD)
    found = _occasions(request).to_do().filter(due_on__lte=last)
    page = Paginator(found, 100).get_page(request.GET.get("page"))
    rows = list(page)
    late = [each for each in rows if each.due_on < today]
    coming = [each for each in rows if each.due_on >= today]
    months = [
        (days[0].due_on, days)
        for _, group in groupby(coming, key=lambda each: (each.due_on.year, each.due_on.month))
        if (days := list(group))
    ]
    context = {"page": page, "sizes": (), "late": late, "months": months, "whose": _whose(request)}
    return render(request, "reviews/date_list.html", context)


@requires("reviews.manage")
def council_done(request: SignedIn, cycle: str) -> HttpResponse:
    """Say that something of the whole council was done, such as the report to Scrutiny."""
    version = PolicyVersion.objects.in_force(timezone.localdate())
    try:
        found = cycle_of(version, cycle) if version else None
    except KeyError:
        found = None
    if version is None or found is None:
        raise Http404("The policy has nothing of this name")
    form = DoneForm(request.POST or None)
    if form.is_valid():
        try:
            services.mark_done(
                cycle, partnership=None, version=version, by=request.user, at=timezone.now(), **form.cleaned_data
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{found.title}: done on {words.day(form.cleaned_data['done_on'])}")
            return redirect("reviews:review_list")
    context = {"form": form, "title": f"Done: {found.title}", "intro": found.text, "button": "Save that it is done"}
    return render(request, "reviews/council_done.html", context)


# --- The calendar ---------------------------------------------------------------------------------

SHOWN_ONCE = "calendar-address"  # the new address waits in the session for the page that shows it


@requires("accounts.own")
def calendar(request: SignedIn) -> HttpResponse:
    """The address for a calendar program: made, shown once, and ended."""
    if request.method == "POST":
        secret = CalendarAddress.make(request.user, at=timezone.now())
        request.session[SHOWN_ONCE] = f"{settings.SITE_ADDRESS}{reverse('reviews:feed', args=[secret])}"
        return redirect("reviews:calendar")
    context = {
        "address": request.session.pop(SHOWN_ONCE, ""),
        "made": CalendarAddress.objects.filter(person=request.user).first(),
    }
    return render(request, "reviews/calendar.html", context)


@requires("accounts.own")
@require_POST
def calendar_end(request: SignedIn) -> HttpResponse:
    """End the address: calendar programs that know it read nothing more."""
    CalendarAddress.objects.filter(person=request.user).delete()
    messages.success(request, "The calendar address is ended. Programs that know it read nothing more")
    return redirect("reviews:calendar")


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates of one person as iCalendar, at their secret address; 404 for any other."""
    person = CalendarAddress.person_at(secret)
    if person is None:
        raise Http404("There is no such calendar")
    moment = timezone.now()
    last = timezone.localdate(moment) + timedelta(days=MONTHS_AHEAD)
    services.bring_up_to_date(at=moment)
    own = Occasion.objects.for_list().concerning(person).to_do().filter(due_on__lte=last)
    text = icalendar.calendar_of([icalendar.event_of(each) for each in own], name="Partnership register", at=moment)
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
