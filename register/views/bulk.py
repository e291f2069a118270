"""Change one field of the selected entries: choose, look at what changes, save, undo."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate

from accounts.permissions import SignedIn, requires
from config import words
from policy.refused import Refused
from register.bulk import MOST, Done, Field, change, fields_of, preview
from register.bulk import undo as undo_change
from register.listing import TheList, list_of
from register.models import Partnership

UNDO = "register_bulk_change"  # in the session: the last change, until it is undone or another follows
SALT = "register.bulk"


class FieldForm(forms.Form):
    """Which field; the next page asks for its value."""

    field = forms.ChoiceField(
        label="What do you want to change?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select what to change", "invalid_choice": "Select what to change"},
    )

    def __init__(self, *args: Any, fields: dict[str, Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["field"]
        field.choices = [(each.id, each.label) for each in fields.values()]


class ValueForm(forms.Form):
    """The new value and one reason for all entries."""

    value = forms.ChoiceField(widget=forms.Select)
    reason = forms.CharField(
        label="Why do you change it?",
        help_text="Stands in the history of each entry.",
        max_length=500,
        error_messages={"required": "Enter why you change it, such as “New head of service from 1 April”"},
    )

    def __init__(self, *args: Any, field: Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        value: Any = self.fields["value"]
        value.label = field.label
        value.choices = [("", "Choose"), *field.choices()]
        value.error_messages = dict.fromkeys(("required", "invalid_choice"), f"Select the new value: {field.label}")


def _entries(the_list: TheList, request: HttpRequest) -> list[Partnership]:
    """The entries picked, or all of the list when the address says so; at most MOST and one more."""
    found = Partnership.objects.select_related("service", "lead_officer", "responsible_head")
    found = found.prefetch_related("priority_links__priority").order_by("name", "pk")
    if request.GET.get("all"):
        return list(found.filter(the_list.filters.condition())[: MOST + 1])
    return list(found.filter(reference__in=request.GET.getlist("pick")[: MOST + 1]))


@requires("register.bulk_change")
def change_selected(request: SignedIn) -> HttpResponse:
    """Ask for field, value and reason; show was and now of each entry; then change them all."""
    back = f"{reverse('register:partnership_list')}?{request.GET.get('list', '')}"
    the_list = list_of(QueryDict(request.GET.get("list", "")), today=localdate())
    if the_list is None:
        return render(request, "register/no_policy.html")
    entries = _entries(the_list, request)
    context: dict[str, Any] = {"back": back, "count": len(entries), "most": MOST, "query": request.GET.urlencode()}
    if not entries or len(entries) > MOST:
        return render(request, "register/bulk_none.html", context)
    fields = fields_of(the_list.policy)
    field = fields.get(request.GET.get("field", ""))
    if field is None:
        form: forms.Form = FieldForm(
            request.GET if "field" in request.GET or "go" in request.GET else None, fields=fields
        )
        kept = [
            (name, value) for name, values in request.GET.lists() for value in values if name not in ("field", "go")
        ]
        return render(request, "register/bulk_field.html", context | {"form": form, "kept": kept})
    form = ValueForm(request.POST or None, field=field)
    context |= {"form": form, "field": field}
    if request.method == "POST" and form.is_valid() and "again" not in request.POST:
        value, reason = form.cleaned_data["value"], form.cleaned_data["reason"]
        seen = _seen(request, field, value)
        if seen is not None:
            try:
                done = change(field, value, seen, by=request.user, reason=reason)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                request.session[UNDO] = asdict(done)
                undo_address = reverse("register:bulk_undo")
                said = words.count(len(seen), "entry", "entries")
                messages.success(
                    request,
                    format_html(
                        '{} changed. <a class="govuk-notification-banner__link" href="{}">Undo</a> until somebody else'
                        " changes one of them",
                        said,
                        undo_address,
                    ),
                )
                return redirect(back)
        lines = preview(field, value, entries, by=request.user)
        changing = [line for line in lines if not line.why_not]
        context |= {
            "changing": changing,
            "staying": [line for line in lines if line.why_not],
            "value": value,
            "reason": reason,
            "seen": signing.dumps(
                [field.id, value, {line.partnership.reference: line.partnership.version for line in changing}],
                salt=SALT,
            ),
        }
        return render(request, "register/bulk_preview.html", context)
    return render(request, "register/bulk_value.html", context)


def _seen(request: HttpRequest, field: Field, value: str) -> dict[str, int] | None:
    """References and versions as the preview showed them; `None` before a preview of this very change."""
    try:
        for_field, for_value, seen = signing.loads(request.POST.get("seen", ""), salt=SALT)
    except signing.BadSignature:
        return None
    return seen if (for_field, for_value) == (field.id, value) and seen else None


@requires("register.bulk_change")
def undo(request: SignedIn) -> HttpResponse:
    """Put back what the last change of many entries replaced, unless somebody changed one since."""
    kept = request.session.get(UNDO)
    the_list = list_of(QueryDict(), today=localdate())
    field = fields_of(the_list.policy).get(kept["field"]) if kept and the_list else None
    if not kept or field is None:
        return render(request, "register/bulk_undo.html", {"nothing": True})
    done, problem = Done(**kept), ""
    if request.method == "POST":
        try:
            undo_change(done, field, by=request.user)
        except Refused as refusal:
            problem = str(refusal)
        else:
            del request.session[UNDO]
            messages.success(request, f"{words.count(len(done.was), 'entry', 'entries')} put back as before")
            return redirect("register:partnership_list")
    context = {"field": field, "value": field.label_of(done.value), "references": list(done.was), "problem": problem}
    return render(request, "register/bulk_undo.html", context)
