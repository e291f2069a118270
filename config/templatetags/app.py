"""Tags and filters of the whole site. They are built in: a template needs no `load`."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BaseFormSet, BoundField
from django.template import Context
from django.template.context import RenderContext
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config import words
from config.levels import level_html

register = template.Library()

# --- Figures and days in words -----------------------------------------------------------------

register.filter("money", words.money)
register.filter("millions", words.millions)
register.filter("hours", words.hours)
register.filter("figure", words.number)
register.filter("difference", words.difference)
register.filter("day", words.day)
register.filter("short_day", words.short_day)
register.filter("weekday", words.weekday)
register.filter("clock", words.clock)
register.filter("moment", words.moment)
register.filter("financial_year", words.financial_year)
register.filter("review_year", words.review_year)
register.filter("listed", words.listed)
register.filter("inside", words.inside)


@register.filter
def not_known(value: Any) -> Any:
    """The value, or "Not known" in grey: nought and False are values."""
    if value is None or value == "":
        return format_html('<span class="app-quiet">{}</span>', words.NOT_KNOWN)
    return value


@register.filter
def yes_no(value: bool | None) -> str:
    """A yes or no in words; `None` is "Not known"."""
    return words.NOT_KNOWN if value is None else "Yes" if value else "No"


@register.filter
def cell(value: Any) -> str:
    """What stood in a spreadsheet's cell, on grey with its spaces kept; an empty one says so."""
    text = "" if value is None else str(value)
    if not text.strip():
        return format_html('<span class="app-cell">({})</span>', "spaces only" if text else "empty")
    return format_html('<span class="app-cell">{}</span>', text)


@register.simple_tag
def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `{% count 1 "partnership" %}` is "1 partnership"."""
    return words.count(number, one, many)


@register.simple_tag(takes_context=True)
def due(context: Context, value: date | datetime | None, late: bool = True) -> str:
    """A day with how near it is on a second line, late ones marked. With `late=False` nothing can be late."""
    if value is None:
        return format_html('<span class="app-quiet">{}</span>', words.NOT_KNOWN)
    today = context.get("today") or timezone.localdate()
    near = words.days_away(value, today)
    if near.endswith("late") and not late:
        return words.short_day(value)
    marked = " app-late" if near.endswith("late") else ""
    return format_html(
        '<span class="app-nowrap">{}<span class="app-sub{}">{}</span></span>', words.short_day(value), marked, near
    )


# --- Levels ------------------------------------------------------------------------------------


@register.simple_tag
def level(scale: str, value: str | None, levels: Iterable[Any] = (), large: bool = False, suffix: str = "") -> str:
    """A level as bar, ground and word. The word always says it; colour only repeats it.

    `scale` is "risk" or "value" (other scales show words), `value` a level's id, `levels` the scheme's
    levels from low to high, each with `id` and `label`. `suffix` names the scale where no heading does: "risk".
    """
    return level_html(scale, value or "", tuple((each.id, each.label) for each in levels), large, suffix)


@register.simple_tag
def change(scale: str, old: str | None, new: str | None, levels: Iterable[Any] = ()) -> str:
    """Two levels with an arrow between them; "becomes" is read aloud."""
    levels = tuple(levels)
    return format_html(
        '<span class="app-change">{} <span class="app-arrow" aria-hidden="true">→</span> '
        '<span class="govuk-visually-hidden">becomes</span> {}</span>',
        level(scale, old, levels),
        level(scale, new, levels),
    )


# --- The page ----------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def page_title(context: Context) -> str:
    """The words of the template's `title` block, so that heading and title say the same and are written once."""
    render_context: RenderContext = context.render_context
    block = render_context[BLOCK_CONTEXT_KEY].get_block("title")
    # Rendered already, so escaped already: a name with "&" must not be escaped twice.
    return SafeString(block.nodelist.render(context).strip())


@register.simple_tag(takes_context=True)
def forms_in_error(context: Context) -> list[dict[str, str]]:
    """What the error summary lists: for each error its sentence and the id of the input that mends it.

    Looks at the context's `form`, `formset`, `forms` and `formsets`; radios and dates lead to their first input.
    """
    found: list[dict[str, str]] = []
    seen: list[int] = []
    for one in _forms(context):
        if id(one) in seen or not one.is_bound:
            continue
        seen.append(id(one))
        found += [{"text": str(text), "id": ""} for text in one.non_field_errors()]
        for name in one.fields:
            found += [{"text": str(text), "id": first_input(one[name])} for text in one[name].errors]
    for one in [context.get("formset"), *(context.get("formsets") or ())]:
        if isinstance(one, BaseFormSet) and one.is_bound:
            found += [{"text": str(text), "id": ""} for text in one.non_form_errors()]
    return found


def _forms(context: Context) -> Iterable[BaseForm]:
    for candidate in [context.get("form"), *(context.get("forms") or ())]:
        if isinstance(candidate, BaseForm):
            yield candidate
        elif isinstance(candidate, BaseFormSet):
            yield from candidate.forms
    for candidate in [context.get("formset"), *(context.get("formsets") or ())]:
        if isinstance(candidate, BaseFormSet):
            yield from candidate.forms


@register.filter
def first_input(field: BoundField) -> str:
    """The id of the field's input, or of its first one: where an error summary's link leads."""
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@register.simple_tag
def downloads(kind: str, *parts: Any) -> list[tuple[str, str]]:
    """What a record can be read as, by the settings: words and address. The documents are made above its app."""
    return [(title, reverse(name, args=parts)) for title, name in settings.DOWNLOADS[kind]]


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own address with some of its query changed: `{% query page=2 %}`; `None` takes a key out."""
    values = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            values.pop(name, None)
        elif isinstance(value, (list, tuple)):
            values.setlist(name, [str(each) for each in value])
        else:
            values[name] = str(value)
    return f"?{values.urlencode()}"


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], sizes: Sequence[int] = (25, 50, 100)) -> dict[str, Any]:
    """Pages of a list, with "Showing 1 to 25 of 64" and the choice of how many a page (`?size=`)."""
    return {
        "request": context["request"],
        "page": page,
        "numbers": list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)),
        "gap": page.paginator.ELLIPSIS,
        "sizes": [size for size in sizes if page.paginator.count > min(sizes)],
    }


@register.inclusion_tag("components/section_nav.html", takes_context=True)
def section_nav(context: Context, sections: Iterable[Any], reference: str, current: Any = None) -> dict[str, Any]:
    """Links to the pages of one record: those sections that the person may open and the policy has.

    Each section has `title`, `url_name` (takes the reference), `permission`, `applies` (takes the policy) and
    `under`: the section whose link it shares. Sections that share a link are shown in a second line while one is open.
    """
    user, version = context["request"].user, context.get("policy_in_force")
    policy = version.policy if version else None
    groups: dict[str, list[Any]] = {}
    for each in sections:
        if user.has_perm(each.permission) and each.applies(policy):
            groups.setdefault((each.under or each).title, []).append(each)
    within = next((group for group in groups.values() if current in group), [])
    return {
        "reference": reference,
        "current": current,
        "groups": [(group[0], group is within) for group in groups.values()],
        "within": within if len(within) > 1 else [],
    }


@register.simple_block_tag
def breadcrumbs(content: SafeString) -> str:
    """The way back from a page, in the `breadcrumbs` block: a `crumb` for each page above it, home left out."""
    return format_html(
        '<nav class="govuk-breadcrumbs" aria-label="Breadcrumb"><ol class="govuk-breadcrumbs__list">{}</ol></nav>',
        content,
    )


@register.simple_tag
def crumb(title: Any, url_name: str, *args: Any) -> str:
    """A page above: its title, and its name and arguments as `url` takes them."""
    return format_html(
        '<li class="govuk-breadcrumbs__list-item"><a class="govuk-breadcrumbs__link" href="{}">{}</a></li>',
        reverse(url_name, args=args),
        title,
    )


@register.simple_block_tag
def panel(content: SafeString, title: str, kind: str = "") -> str:
    """A side panel: `kind` "" is helpful, "plain" quiet, "warn" something to put right."""
    look = f" app-panel--{kind}" if kind else ""
    return format_html('<div class="app-panel{}"><h2 class="govuk-heading-s">{}</h2>{}</div>', look, title, content)


@register.simple_block_tag
def filter_panel(content: SafeString, in_use: int = 0, action: str = "") -> str:
    """The filter beside a list: open without scripts, closed by one on narrow screens."""
    said = format_html(' <span class="app-count app-s">({} in use)</span>', in_use) if in_use else ""
    return format_html(
        '<details class="app-filter" open><summary>Filter{}</summary>'
        '<form action="{}" method="get">{}</form></details>',
        said,
        action,
        content,
    )


@register.simple_tag
def demo_people() -> Sequence[Any]:
    """The demonstration's accounts, while they are loaded; else nothing."""
    from accounts.demo import PEOPLE
    from accounts.models import User

    emails = [person.email for person in PEOPLE]
    there = set(User.objects.filter(email__in=emails, is_active=True).values_list("email", flat=True))
    return [person for person in PEOPLE if person.email in there]


@register.simple_tag
def demo_password() -> str:
    """The one password of the demonstration's accounts."""
    from accounts.demo import PASSWORD

    return PASSWORD


# --- Fields (templates/govuk) ------------------------------------------------------------------

KINDS: dict[str, type[forms.Widget]] = {
    "checkboxes": forms.CheckboxSelectMultiple,
    "radios": forms.RadioSelect,
    "select": forms.Select,
    "textarea": forms.Textarea,
    "checkbox": forms.CheckboxInput,
    "file": forms.FileInput,
    "password": forms.PasswordInput,
}


@register.filter
def field_kind(field: BoundField) -> str:
    """Which template of templates/govuk draws the field, by its widget."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if hasattr(widget, "date_parts"):
        return "date"
    for kind, classes in KINDS.items():
        if isinstance(widget, classes):
            return kind
    return "input"


@register.simple_tag
def date_parts(field: BoundField) -> list[dict[str, Any]]:
    """The three inputs of a day, with what was typed in them."""
    widget = field.field.widget
    value = field.value()
    values = value if isinstance(value, (list, tuple)) else widget.decompress(value)
    return [
        {
            "id": f"{field.auto_id}_{place}",
            "name": f"{field.html_name}_{place}",
            "label": label,
            "width": width,
            "value": "" if part is None else part,
        }
        for place, ((label, width), part) in enumerate(zip(widget.date_parts, values, strict=True))
    ]


@register.simple_tag
def understood(field: BoundField) -> str:
    """What the register read in a money or hours field, when it was typed in another way; else ""."""
    say = getattr(field.field, "understood", None)
    if say is None or not field.form.is_bound or field.errors:
        return ""
    value = field.form.cleaned_data.get(field.name)
    typed = str(field.data or "").strip().removeprefix("£").replace(",", "")
    if value is None or typed in {words.number(value).replace(",", ""), str(value)}:
        return ""
    return say(value)


@register.simple_tag
def widget(field: BoundField, base: str) -> str:
    """The field's own input with the classes of the look; its hint and error are tied to it by Django."""
    # Errors are ours, in our words: the browser's own bubbles would come first otherwise.
    field.form.use_required_attribute = False
    own = field.field.widget.attrs.get("class", "")
    wrong = f"{base.split(maxsplit=1)[0]}--error" if field.errors else ""
    attrs: dict[str, str | bool] = {"class": " ".join(part for part in (base, own, wrong) if part)}
    if getattr(field.field.widget, "most", None):
        attrs["aria-describedby"] = f"{field.aria_describedby or ''} {field.auto_id}-info".strip()
    return field.as_widget(attrs=attrs)
