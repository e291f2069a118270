"""The yearly refresh: opened, watched, chased and closed by the register manager."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_POST

from accounts.models import ServiceArea
from accounts.permissions import SignedIn, requires
from accounts.roles import Role
from accounts.words import role_label
from config import words
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership
from reviews import notices, queries, services
from reviews.forms import CloseForm, LetterForm, RemindForm, YearForm
from reviews.models import TAKING_PART, Campaign, Chase, Review

A_LIST = 7
A_PAGE = 25


def _campaign(slug: str) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("policy_version"), slug=slug)


@requires("reviews.manage")
def refresh(request: SignedIn) -> HttpResponse:
    """The refresh that is under way; without one, those of earlier years and the way to open the next."""
    campaigns = list(Campaign.objects.for_list())
    if len(campaigns) == 1 and campaigns[0].is_open:
        return redirect("reviews:campaign", campaigns[0].slug)
    return render(
        request, "reviews/refresh.html", {"campaigns": campaigns, "may_open": not any(c.is_open for c in campaigns)}
    )


@requires("reviews.manage")
def open_year(request: SignedIn) -> HttpResponse:
    """Which entries, by when, which letter; first what would be opened, then one button with the number in it."""
    today = timezone.localdate()
    version = PolicyVersion.objects.in_force(today)
    if version is None:
        raise Http404("No policy is in force yet")
    areas = [(str(each.pk), each.name) for each in ServiceArea.objects.order_by("name")]
    data = request.POST if request.method == "POST" else None
    form = YearForm(data, service_choices=areas, today=today)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        given = form.cleaned_data
        entries = Partnership.objects.filter(status__in=TAKING_PART).select_related("lead_officer")
        if given.get("services"):
            entries = entries.filter(service__in=given["services"])
        try:
            if "open" in request.POST:
                campaign = services.open_campaign(
                    given["year"],
                    entries.order_by("pk"),
                    due_on=given["due_on"],
                    reports_on=given["reports_on"],
                    letter=given["letter"],
                    version=version,
                    by=request.user,
                    at=timezone.now(),
                )
                number = queries.figures_of(campaign, today)["all"]
                messages.success(
                    request, f"{words.count(number, 'review')} opened, due on {words.day(campaign.due_on)}"
                )
                return redirect("reviews:campaign", campaign.slug)
            if problem := services.why_not_open(given["year"], due_on=given["due_on"], today=today):
                raise Refused(problem)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            opening = services.opening_of(entries.order_by("name", "pk"), version)
            context |= _what_would_open(opening)
    return render(request, "reviews/open_year.html", context)


def _what_would_open(opening: services.Opening) -> dict[str, Any]:
    titles: dict[str, int] = {}
    for cycle in opening.cycles.values():
        titles[cycle.title] = titles.get(cycle.title, 0) + 1
    nobody = [each for each in opening.entries if each.lead_officer_id is None]
    return {
        "number": len(opening.entries),
        "titles": list(titles.items()),
        "left_out": opening.left_out[:A_PAGE],
        "more_left_out": max(len(opening.left_out) - A_PAGE, 0),
        "nobody": nobody[:A_PAGE],
        "number_nobody": len(nobody),
    }


@requires("reviews.manage")
def campaign(request: SignedIn, slug: str) -> HttpResponse:
    """Where the refresh stands. The same queries for ten reviews and for ten thousand."""
    found = _campaign(slug)
    return _campaign_page(request, found, RemindForm(reviews=[]))


def _campaign_page(request: HttpRequest, found: Campaign, form: RemindForm) -> HttpResponse:
    today = timezone.localdate()
    figures = queries.figures_of(found, today)
    rows, whole = queries.progress_of(found)
    not_started = Paginator(queries.not_started_in(found), A_PAGE).get_page(request.GET.get("page"))
    list_of = reverse("reviews:campaign_reviews", args=[found.slug])
    last_year = queries.last_year_by_now(found, today)
    late = queries.late_in(found, today) if figures["late"] else []
    context = {
        "campaign": found,
        "form": form,
        "figures": figures,
        "facts": _facts(figures, whole, list_of, last_year),
        "rows": rows,
        "whole": whole,
        "key": [each for each in queries.KEY if each[0] != "Closed unfinished" or whole.closed],
        "list_of": list_of,
        "waiting": queries.waiting_in(found, most=A_LIST),
        "page": not_started,
        "sizes": (),
        "late": late[:A_PAGE],
        "by_itself": queries.by_itself(found),
        "today": today,
        "papers": import_string(settings.REFRESH_PAPERS)(found),
        "letters": Chase.objects.filter(review__campaign=found).count(),
        "team": role_label(Role.MANAGEMENT_TEAM, found.policy_version.policy),
    }
    return render(request, "reviews/campaign.html", context)


def _facts(
    figures: dict[str, Any], whole: queries.Progress, list_of: str, last_year: int | None
) -> list[dict[str, Any]]:
    oldest = f"oldest since {words.short_day(figures['oldest'])}" if figures["oldest"] else ""
    return [
        {
            "label": "Signed off",
            "figure": f"{figures['signed_off']} of {figures['all']}",
            "sense": "" if last_year is None else f"last year by now: {last_year}",
            "address": "",
        },
        {
            "label": "Waiting for sign-off",
            "figure": figures["waiting"],
            "sense": oldest,
            "address": f"{list_of}?which=waiting",
        },
        {
            "label": "With lead officers",
            "figure": figures["with_lead"],
            "sense": f"{whole.started} started, {whole.not_started} not",
            "address": f"{list_of}?which=with_lead",
        },
        {
            "label": "Challenged",
            "figure": figures["challenged"],
            "sense": f"{figures['answered']} answered",
            "address": f"{list_of}?which=challenged",
        },
        {
            "label": "Late",
            "figure": figures["late"],
            "sense": "named below" if figures["late"] else "none today",
            "address": "#late" if figures["late"] else "",
        },
        {
            "label": "Recommend leaving",
            "figure": figures["leave"],
            "sense": f"{figures['asked']} asked for",
            "address": f"{list_of}?which=leave",
        },
    ]


@requires("reviews.manage")
def campaign_reviews(request: SignedIn, slug: str) -> HttpResponse:
    """The reviews of a refresh, by what is behind one of its figures or by service."""
    found = _campaign(slug)
    which, service = request.GET.get("which", ""), request.GET.get("service", "")
    title, asked = queries.of_filter(which, timezone.localdate())
    reviews = queries.newest_first(Review.objects.in_campaign(found).for_list().filter(asked))
    if service.isdecimal():
        reviews = reviews.filter(partnership__service=int(service))
    elif service == "none":
        reviews = reviews.filter(partnership__service=None)
    page = Paginator(reviews, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "campaign": found,
        "page": page,
        "sizes": (),
        "which": which if which in queries.FILTERS else "",
        "title": title,
        "filters": [(key, each[0]) for key, each in queries.FILTERS.items()],
        "service": service,
        "services": ServiceArea.objects.order_by("name"),
    }
    return render(request, "reviews/campaign_reviews.html", context)


@requires("reviews.manage")
@require_POST
def remind(request: SignedIn, slug: str) -> HttpResponse:
    """Send the letter to those who are ticked, or to everybody who is behind."""
    found = _campaign(slug)
    behind = queries.behind_in(found)
    chosen = list(behind)
    if "everyone" not in request.POST:
        form = RemindForm(request.POST, reviews=[each.pk for each in chosen])
        if not form.is_valid():
            return _campaign_page(request, found, form)
        ticked = set(form.cleaned_data["review"])
        chosen = [each for each in chosen if each.pk in ticked]
    try:
        sent, nobody = notices.chase(found, chosen, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("reviews:campaign", slug)
    said = f"{words.count(sent, 'letter')} on the way" if sent else "No letter is sent"
    if not sent and nobody < len(chosen):
        said += ": they were written to today already"
    if nobody:
        said += f". For {words.count(nobody, 'review')} there is nobody to write to: name a lead officer"
    messages.success(request, said)
    return redirect("reviews:campaign", slug)


@requires("reviews.manage")
def letters(request: SignedIn, slug: str) -> HttpResponse:
    """The letters that were sent by hand, the newest first: to whom, about which review, on which day."""
    found = _campaign(slug)
    sent = Chase.objects.filter(review__campaign=found).select_related("review__partnership")
    page = Paginator(sent.order_by("-sent_on", "to_name", "pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "reviews/letters.html", {"campaign": found, "page": page, "sizes": ()})


@requires("reviews.manage")
def letter(request: SignedIn, slug: str) -> HttpResponse:
    """Change the words of the chasing letter."""
    found = _campaign(slug)
    form = LetterForm(request.POST or None, initial={"letter": found.letter})
    if form.is_valid():
        try:
            found.rewrite(form.cleaned_data["letter"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The letter is changed. It goes out with the next reminder by hand")
            return redirect("reviews:campaign", slug)
    return render(
        request,
        "reviews/campaign_form.html",
        {"campaign": found, "form": form, "title": "Change the letter", "button": "Save the letter"},
    )


@requires("reviews.manage")
def close(request: SignedIn, slug: str) -> HttpResponse:
    """What is unfinished and what becomes of it; then the button."""
    found = _campaign(slug)
    unfinished = Review.objects.in_campaign(found).under_way().for_list()
    form = CloseForm(request.POST or None)
    if form.is_valid():
        try:
            number = services.close_campaign(found, note=form.cleaned_data["note"], by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = f". {words.count(number, 'review')} closed unfinished" if number else ""
            messages.success(request, f"{found} is closed{said}")
            return redirect("reviews:campaign", slug)
    context = {
        "campaign": found,
        "form": form,
        "title": f"Close the refresh {found.label}",
        "button": "Close the refresh",
        "unfinished": list(unfinished[:100]),
        "number": unfinished.count(),
    }
    return render(request, "reviews/campaign_form.html", context)
