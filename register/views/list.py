"""The register list: filters, columns, order, saved views, and the grid of risk by value.

All that a person chose stands in the address, so that a list can be copied into an e-mail.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from accounts.permissions import SignedIn, requires
from config import words
from config.levels import level_html
from register.exports import NAME, Column, columns_of
from register.filters import ALL_ACTIVE, COUNTED, Tally, count_views
from register.listing import NOT_FILTERS, TheList, given_views, grid_of, grid_sentence, list_of, policy_in_force
from register.models import Partnership, SavedView
from register.views.shared import keep_place

REMEMBERED = "register_list"  # in the session: the query of the list last looked at
IN_PANEL = ("service", "lead", "due", "missing")


# --- The page -----------------------------------------------------------------------------------


@requires("register.view")
def partnership_list(request: SignedIn) -> HttpResponse:
    """The register, filtered and sorted as the address says; the last list when it says nothing."""
    if not request.GET and (last := request.session.get(REMEMBERED)):
        return redirect(f"{request.path}?{last}")
    if reference := _reference_asked_for(request.GET):
        return redirect("register:partnership", reference)
    today = localdate()
    version = policy_in_force(today)
    if version is None:
        return render(request, "register/no_policy.html")
    the_list = TheList(request.GET or QueryDict(ALL_ACTIVE), version.policy, today)
    if request.GET:
        request.session[REMEMBERED] = the_list.query.urlencode() or "all=yes"
    page = the_list.page()
    keep_place(request, the_list.query.urlencode(), page)
    can_change = request.user.has_perm("register.bulk_change")
    context = {
        "the_list": the_list,
        "form": the_list.filters.form,
        "page": page,
        "rows": rows_of(list(page), the_list.columns, today=today, pick=can_change),
        "headings": _headings(the_list),
        "totals": _totals(the_list),
        "can_change": can_change,
        "views": _views(request, the_list),
        "panel": _panel(the_list),
        "more": _more_filters(the_list) if _more_wanted(the_list) else None,
        "chips": [
            {"words": text, "address": the_list.without(name, value)}
            for name, value, text in the_list.filters.in_words()
        ],
        "in_use": len(the_list.chosen),
        "kept": [(name, the_list.query[name]) for name in ("sort", "columns", "size") if name in the_list.query],
        "columns_known": len(columns_of(version.policy)),
        "downloads": [(title, reverse(url_name)) for title, url_name in settings.REGISTER_DOWNLOADS],
        "query": the_list.query.urlencode(),
        "version": version,
        "policy_in_force": version,  # the footer need not ask again
        "today": today,
        "empty": _way_out(the_list) if not the_list.sums.entries else [],
    }
    return render(request, "register/partnership_list.html", context)


def _reference_asked_for(query: QueryDict) -> str:
    """The reference of an entry when "Find" was given nothing else: "P-25" and "p25" mean P-0025."""
    if list(query) != ["q"] or not (said := re.fullmatch(r"\s*[Pp]-?(\d{1,6})\s*", query.get("q", ""))):
        return ""
    reference = f"P-{int(said[1]):04d}"
    return reference if Partnership.objects.filter(reference=reference).exists() else ""


def rows_of(entries: Sequence[Partnership], columns: Sequence[Column], *, today: date, pick: bool) -> list[SafeString]:
    """The rows of the table, ready-made: a template would spend nine tenths of the page's time on its cells."""
    address = reverse("register:partnership", args=["REFERENCE"])
    cells = [_cell(column, today) for column in columns]
    rows = []
    for entry in entries:
        name = escape(entry.name)
        under = " · ".join(
            part
            for part in (entry.reference, entry.service and entry.service.name, entry.is_statutory and "statutory")
            if part
        )
        tick = (
            f'<td class="govuk-table__cell"><input class="app-check" type="checkbox" name="pick"'
            f' value="{entry.reference}" aria-label="Select {name}"></td>'
            if pick
            else ""
        )
        rows.append(
            SafeString(
                f'<tr class="govuk-table__row">{tick}<th scope="row" class="govuk-table__header"><a class="govuk-link"'
                f' href="{address.replace("REFERENCE", entry.reference)}">{name}</a>'
                f'<span class="app-sub">{escape(under)}</span></th>{"".join(cell(entry) for cell in cells)}</tr>'
            )
        )
    return rows


def _cell(column: Column, today: date) -> Callable[[Partnership], str]:
    """How one column draws its cell: the markup that all rows share is made once."""
    numeric = " govuk-table__cell--numeric" if column.is_figure else ""
    start = f'<td class="govuk-table__cell{numeric}" data-label="{escape(column.label)}">'
    unknown = f'<span class="app-quiet app-nowrap">{column.unknown}</span>'

    ids = {label: each for each, label in column.levels}

    def level(entry: Partnership) -> str:
        label = column.value(entry) or ""  # a level that the policy does not know is its own label
        return f"{start}{level_html(column.scale, ids.get(label, label), column.levels)}</td>"

    def review(entry: Partnership) -> str:
        day = entry.next_review_on
        if day is None:
            return f"{start}{unknown}</td>"
        late = f'<span class="app-sub app-late">{words.days_away(day, today)}</span>' if day < today else ""
        return f'{start}<span class="app-nowrap">{words.short_day(day)}{late}</span></td>'

    def plain(entry: Partnership) -> str:
        value = column.value(entry)
        if value is None or value == "":
            return f"{start}{unknown}</td>"
        return f"{start}{escape(column.said(value))}</td>"

    return level if column.kind == "level" else review if column.id == "next_review_on" else plain


@dataclass(frozen=True)
class Heading:
    """A column's heading: its words, where a click leads, and the order in use for `aria-sort`."""

    label: str
    address: str
    sorted: str
    numeric: bool


def _headings(the_list: TheList) -> list[Heading]:
    current, descending = the_list.order
    headings = []
    for column in (NAME, *the_list.columns):
        is_current = column is current or (current is None and column is NAME)
        following = f"{'-' if is_current and not descending else ''}{column.id}"
        headings.append(
            Heading(
                column.label.replace("(£ ", "(£\N{NO-BREAK SPACE}"),
                the_list.address(sort=following) if column.order else "",
                ("descending" if descending else "ascending") if is_current else "",
                column.is_figure,
            )
        )
    return headings


@dataclass(frozen=True)
class Total:
    """The foot of a column of figures: the total of what is known, and of how many entries."""

    label: str
    figure: str
    known: int
    of: int


def _totals(the_list: TheList) -> list[Total | None]:
    sums = the_list.sums
    known = {
        "contribution_a_year": (words.money(sums.pounds), sums.pounds_known),
        "hours_a_month": (words.number(sums.hours, 1), sums.hours_known),
    }
    totals = [
        Total(column.label, *known[column.id], sums.entries) if column.id in known else None
        for column in the_list.columns
    ]
    return totals if any(totals) else []


# --- Saved views ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class View:
    """A list under a name, with how many entries it shows now."""

    name: str
    address: str
    entries: int
    is_current: bool


def _views(request: HttpRequest, the_list: TheList) -> list[View]:
    mine = SavedView.objects.filter(Q(owner=request.user) | Q(is_shared=True)).order_by("name", "pk")
    views = [*given_views(the_list.policy), *((view.name, view.query) for view in mine[:20])]
    only_counted_filters_in_use = not set(the_list.chosen) - set(COUNTED)
    tally = the_list.tally if only_counted_filters_in_use else Tally(Q())
    counts = count_views([query for _, query in views], tally, policy=the_list.policy, today=the_list.today)
    here = _bare(the_list.query)
    return [
        View(name, f"?{query}", entries, _bare(QueryDict(query)) == here)
        for (name, query), entries in zip(views, counts, strict=True)
    ]


def _bare(query: QueryDict) -> list[tuple[str, list[str]]]:
    """What an address narrows the list by, whatever its order, columns and page."""
    return sorted(
        (name, sorted(filter(None, values)))
        for name, values in query.lists()
        if name not in NOT_FILTERS and any(values)
    )


# --- The filter panel -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """One choice of a filter; `count` is how many entries it would show, `None` where that is not counted."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class Choice:
    """A filter of the panel: tick boxes with counts, a list to choose from, or a box to type in."""

    name: str
    label: str
    kind: str
    options: tuple[Option, ...] = ()
    typed: str = ""
    errors: tuple[str, ...] = ()
    any_label: str = "Any"


def _panel(the_list: TheList) -> list[Choice]:
    """The filters that are always shown; the others stand behind "More filters" unless one is in use."""
    return [
        _typed(the_list, "q"),
        *(_ticked(the_list, name) for name in (*the_list.scales, "status")),
        *(_listed(the_list, name) for name in IN_PANEL if name in the_list.filters.filters),
    ]


def _more(the_list: TheList) -> list[str]:
    return [name for name in the_list.filters.filters if name not in ("q", "risk", "value", "status", *IN_PANEL)]


def _more_wanted(the_list: TheList) -> bool:
    return "more" in the_list.query or any(the_list.query.get(name) for name in _more(the_list))


def _more_filters(the_list: TheList) -> list[Choice]:
    drawn = {"nature": _ticked, "statutory": _ticked}
    typed = ("cost_from", "cost_to", "hours_from", "hours_to")
    return [drawn.get(name, _typed if name in typed else _listed)(the_list, name) for name in _more(the_list)]


def _ticked(the_list: TheList, name: str) -> Choice:
    each = the_list.filters.filters[name]
    counts = the_list.tally.counts(name, the_list.chosen)
    chosen = the_list.query.getlist(name)
    options = tuple(
        Option(value, label, counts.get(value, 0), value in chosen)
        for value, label in each.extra["choices"]
        if counts.get(value) or value in chosen or name != "status"
    )
    return Choice(name, each.label, "ticks", options, errors=_errors(the_list, name))


def _listed(the_list: TheList, name: str) -> Choice:
    each = the_list.filters.filters[name]
    choices = each.extra["choices"] or the_list.filters.people_and_places(name)
    chosen = the_list.query.get(name, "")
    options = tuple(Option(str(value), label, None, str(value) == chosen) for value, label in choices)
    any_label = each.extra.get("empty_label") or "Any"
    return Choice(name, each.label, "list", options, errors=_errors(the_list, name), any_label=any_label)


def _typed(the_list: TheList, name: str) -> Choice:
    label = the_list.filters.filters[name].label
    return Choice(name, label, "text", typed=the_list.query.get(name, ""), errors=_errors(the_list, name))


def _errors(the_list: TheList, name: str) -> tuple[str, ...]:
    return tuple(str(error) for error in the_list.filters.form.errors.get(name, ()))


def _way_out(the_list: TheList) -> list[dict[str, Any]]:
    """What an empty list offers: each counted filter that could go, with how many entries would then fit."""
    ways = []
    for name in COUNTED:
        if the_list.chosen.get(name):
            rest = {key: value for key, value in the_list.chosen.items() if key != name}
            query = the_list.query.copy()
            query.pop(name)
            said = " or ".join(text.partition(": ")[2] for each, _, text in the_list.filters.in_words() if each == name)
            label = f"{the_list.filters.filters[name].label}: {said}"
            fit = the_list.tally.sums(rest).entries
            ways.append({"words": label, "entries": fit, "address": f"?{query.urlencode() or 'all=yes'}"})
    return [way for way in ways if way["entries"]]


# --- Columns --------------------------------------------------------------------------------------


@requires("register.view")
def choose_columns(request: SignedIn) -> HttpResponse:
    """Choose which columns the list shows and in which order; the choice goes into the list's address."""
    the_list = list_of(request.GET, today=localdate())
    if the_list is None:
        return render(request, "register/no_policy.html")
    known = {each: column for each, column in columns_of(the_list.policy).items() if each != "name"}
    if request.method == "POST":
        ticked = request.POST.getlist("column")
        ordered = [each for each in request.POST.get("order", "").split(",") if each in ticked]
        chosen = [each for each in dict.fromkeys([*ordered, *ticked]) if each in known]
        if move := request.POST.get("move", ""):
            chosen = _moved(chosen, *move.partition(":")[::2])
        elif "usual" in request.POST:
            return redirect(reverse("register:partnership_list") + the_list.address(columns=None))
        elif chosen:
            return redirect(reverse("register:partnership_list") + the_list.address(columns=",".join(chosen)))
    else:
        chosen = [column.id for column in the_list.columns]
    sections: dict[str, list[tuple[Column, bool]]] = {}
    for each, column in known.items():
        sections.setdefault(column.section, []).append((column, each in chosen))
    context = {
        "sections": sections,
        "chosen": [known[each] for each in chosen],
        "order": ",".join(chosen),
        "nothing": request.method == "POST" and not chosen,
        "query": request.GET.urlencode(),
    }
    return render(request, "register/list_columns.html", context)


def _moved(ids: list[str], way: str, wanted: str) -> list[str]:
    if wanted in ids:
        place = ids.index(wanted)
        other = place + (-1 if way == "up" else 1)
        if 0 <= other < len(ids):
            ids[place], ids[other] = ids[other], ids[place]
    return ids


# --- Keeping a view -------------------------------------------------------------------------------


class ViewForm(forms.ModelForm):
    """A name for the list as it stands, and whether everybody sees it."""

    class Meta:
        model = SavedView
        fields = ["name", "is_shared"]
        labels = {"name": "Name of the view", "is_shared": "Everybody who uses the register sees it"}
        error_messages = {"name": {"required": "Enter a name for the view, such as “High risk in Place”"}}

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]

    def clean(self) -> dict[str, Any]:
        """Hold the form to one view a name, which the database holds by the owner that the form does not ask for."""
        cleaned: dict[str, Any] = super().clean() or {}
        if SavedView.objects.filter(owner=self.instance.owner, name=cleaned.get("name")).exists():
            self.add_error("name", "You already have a view of this name. Choose another name")
        return cleaned


@requires("register.view")
def save_view(request: SignedIn) -> HttpResponse:
    """Keep filters, columns and order of the list under a name."""
    query = request.GET.copy()
    for name in ("page", "more"):
        query.pop(name, None)
    view = SavedView(owner=request.user, query=query.urlencode())
    form = ViewForm(request.POST or None, instance=view, may_share=request.user.has_perm("register.share_view"))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, f"View “{view.name}” saved. It stands above the list")
        return redirect(f"{reverse('register:partnership_list')}?{view.query}")
    the_list = list_of(query, today=localdate())
    context = {"form": form, "the_list": the_list, "query": query.urlencode()}
    return render(request, "register/view_form.html", context)


@requires("register.view")
def view_list(request: SignedIn) -> HttpResponse:
    """The views a person sees, and the button that takes out their own."""
    views = SavedView.objects.filter(Q(owner=request.user) | Q(is_shared=True)).select_related("owner")
    return render(request, "register/view_list.html", {"views": views.order_by("name", "pk")})


@requires("register.view")
def delete_view(request: SignedIn, view_id: int) -> HttpResponse:
    """Take out one's own saved view, or a shared one when one may share views."""
    mine = Q(owner=request.user)
    if request.user.has_perm("register.share_view"):
        mine |= Q(is_shared=True)
    view = get_object_or_404(SavedView.objects.filter(mine), pk=view_id)
    if request.method == "POST":
        view.delete()
        messages.success(request, f"View “{view.name}” taken out. The entries are untouched")
        return redirect("register:view_list")
    return render(request, "register/view_delete.html", {"view": view})


# --- Risk by value --------------------------------------------------------------------------------


@requires("register.view")
def grid(request: SignedIn) -> HttpResponse:
    """Risk against value: how many entries each pair of levels has, and what they cost."""
    the_list = list_of(request.GET or QueryDict(ALL_ACTIVE), today=localdate())
    if the_list is None:
        return render(request, "register/no_policy.html")
    if not the_list.has_grid:
        raise Http404("The policy in force does not rate both risk and value")
    context = {"the_list": the_list, "grid": grid_of(the_list), "sentence": grid_sentence(the_list)}
    return render(request, "register/grid.html", context)
