"""One page that holds every component and every kind of field, for looking at and for axe. Served in tests only."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from config.fields import Checkboxes, CountedTextarea, DatePartsField, DayField, HoursField, MoneyField, Radios
from config.urls import handler400, handler403, handler404, handler429, handler500  # noqa: F401 - Django reads them here
from config.urls import urlpatterns as real


@dataclass(frozen=True)
class Level:
    id: str
    label: str


LEVELS = (Level("low", "Low"), Level("medium", "Medium"), Level("high", "High"))
FIVE = tuple(Level(str(number), word) for number, word in enumerate(("Very low", "Low", "Medium", "High", "Very high")))
CHOICES = [(level.id, level.label) for level in LEVELS]


class Everything(forms.Form):
    name = forms.CharField(
        label="Name", help_text="As on its papers", error_messages={"required": "Enter the name of the partnership"}
    )
    purpose = forms.CharField(label="What it is for", widget=CountedTextarea(most=500), required=False)
    cost = MoneyField(label="Yearly contribution", unit="a year", required=False)
    time = HoursField(label="Staff time", required=False)
    level = forms.ChoiceField(
        label="Effect on the council",
        choices=CHOICES,
        widget=Radios(hints={"high": "A service would stop", "low": "Few would notice"}),
        error_messages={"required": "Select the effect on the council"},
    )
    priorities = forms.MultipleChoiceField(
        label="Priorities helped", choices=CHOICES, widget=Checkboxes(small=True), required=False
    )
    ends_on = DatePartsField(label="End date", help_text="For example, 27 3 2026")
    kind = forms.ChoiceField(label="Kind", choices=CHOICES, required=False)
    paper = forms.FileField(label="Document", required=False)
    agreed = forms.BooleanField(label="The Executive agreed it", help_text="At a meeting", required=False)


class Filter(forms.Form):
    q = forms.CharField(label="Name, partner or person", required=False)
    risk = forms.MultipleChoiceField(label="Risk", choices=CHOICES, widget=Checkboxes(small=True), required=False)
    due = DayField(label="Due before", required=False)


PAGE = Path(__file__).with_suffix(".html")


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    rows = [
        {"label": "Meets", "value": "Every two months", "change": "/help/"},
        {"label": "Purpose", "value": "", "source": "from spreadsheet, cell J29", "change": "/help/"},
    ]
    context = {
        "form": Everything(request.POST or None, request.FILES or None),
        "filter": Filter(request.GET, prefix="f"),
        "levels": LEVELS,
        "five": FIVE,
        "day": date(2026, 11, 14),
        "page": Paginator(range(300), 25).page(6),
        "trail": [("Register", "/help/")],
        "links": [
            {"words": "Overview", "address": "/help/", "current": True},
            {"words": "History", "address": "/help/"},
        ],
        "steps": [
            {"words": "Upload", "address": "/help/", "state": "done"},
            {"words": "Columns", "state": "now"},
            {"words": "Done"},
        ],
        "facts": [{"label": f"Figure {number}", "figure": "£142,600", "sense": "a year"} for number in range(6)],
        "chips": [{"words": "Risk: High", "address": "?"}],
        "work": [
            {"words": "Continue the review", "address": "/help/", "note": "8 of 12 answered", "when": "In 10 days"},
            {"words": "Say how it was published", "when": "6 days late", "was": "was 14 Nov", "is_late": True},
        ],
        "rows": rows,
        "route": [
            {"title": "Team advises", "state": "done", "words": "done", "text": "Usually 5 days"},
            {
                "title": "CMT decides",
                "state": "now",
                "words": "now",
                "why": "Added because £6,000 is not in the budget",
            },
            {"title": "Executive agrees", "state": "skip", "words": "not needed"},
            {"title": "Council hears of it"},
        ],
    }
    return HttpResponse(engines["django"].from_string(PAGE.read_text()).render(context, request))


urlpatterns = [*real, path("gallery/", gallery)]
