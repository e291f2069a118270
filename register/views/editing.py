"""Changing an entry or one of its rows: the form, what changes, somebody else's change, saved.

One address serves all four pages, and nothing is kept on the server between them: the values as the person opened
them and as they typed them travel in the page, signed. So Back keeps what was typed, two windows do not disturb
each other, and a page left open overnight still knows what it was opened on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.permissions import SignedIn
from config import words
from policy.models import PolicyVersion
from policy.refused import Refused
from register import history_words, services
from register.facts import Fact, values_of
from register.forms import ChoiceForm, FactForm, ReasonForm, reason_form
from register.merging import Merge, merge
from register.models import Partnership
from register.models.history import Remembered

SALT = "register.editing"


@dataclass(frozen=True)
class Editing:
    """What a page of change is about. `back` is where it returns, `subject` what it changes, in a heading.

    `version` is the policy in force, on whose scale a risk is placed.
    """

    partnership: Partnership
    record: Remembered
    facts: Sequence[Fact]
    subject: str
    back: str
    section: Any
    intro: str = ""
    form_class: Callable[..., FactForm] = FactForm
    version: PolicyVersion | None = None

    @property
    def of(self) -> str:
        """What the signed values belong to, so that one page's cannot be sent to another."""
        return f"{type(self.record).__name__}:{self.record.pk}:{','.join(fact.name for fact in self.facts)}"


@dataclass(frozen=True)
class Carried:
    """What travels in the page: values as opened, inputs as typed, and facts for which theirs was chosen."""

    opened: Mapping[str, Any]
    typed: Mapping[str, list[str]]
    keep_theirs: tuple[str, ...] = ()

    def signed(self, editing: Editing, user: User) -> str:
        values = {"of": editing.of, "by": user.pk, "opened": self.opened, "typed": self.typed}
        return signing.dumps(values | {"theirs": self.keep_theirs}, salt=SALT, compress=True)

    @classmethod
    def read(cls, text: str, editing: Editing, user: User) -> "Carried | None":
        """What was signed, or `None` for values of another page or person, or changed on the way."""
        try:
            values = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return None
        if values["of"] != editing.of or values["by"] != user.pk:
            return None
        return cls(values["opened"], values["typed"], tuple(values["theirs"]))


@dataclass(frozen=True)
class Was:
    """One fact on "What changes": what it was, what it becomes."""

    label: str
    was: str
    now: str
    pieces: Sequence[history_words.Piece] = ()


def change_record(request: SignedIn, editing: Editing) -> HttpResponse:
    """Take a person through a change of one record, from the form to saved."""
    if request.method != "POST":
        return _show_form(request, editing, _opened_now(editing), {})
    carried = Carried.read(request.POST.get("carried", ""), editing, request.user)
    if carried is None:
        why = "What this page was opened on cannot be read any more. Open the form again and make your change there"
        return _not_saved(request, editing, why, request.path)
    steps: dict[str, Callable[..., HttpResponse]] = {"back": _go_back, "save": _save, "choose": _choose}
    step = steps.get(request.POST.get("do", ""), _check)
    return step(request, editing, carried)


def _opened_now(editing: Editing) -> Carried:
    return Carried(values_of(editing.record, editing.facts), {})


def _show_form(
    request: SignedIn, editing: Editing, carried: Carried, extra: Mapping[str, Any], form: FactForm | None = None
) -> HttpResponse:
    form = form or editing.form_class(record=editing.record, facts=editing.facts)
    context = _context(request, editing, carried) | {"form": form} | dict(extra)
    return render(request, "register/change.html", context)


def _context(request: SignedIn, editing: Editing, carried: Carried) -> dict[str, Any]:
    return {
        "partnership": editing.partnership,
        "section": editing.section,
        "editing": editing,
        "carried": carried.signed(editing, request.user),
    }


def _bound(editing: Editing, typed: Mapping[str, list[str]]) -> FactForm:
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return editing.form_class(data, record=editing.record, facts=editing.facts)


def _check(request: SignedIn, editing: Editing, carried: Carried) -> HttpResponse:
    """From the form: show what changes, or what is wrong."""
    inputs = {name: request.POST.getlist(name) for name in request.POST if name not in _OURS}
    carried = Carried(carried.opened, inputs)
    return _show_changes(request, editing, carried)


_OURS = {"csrfmiddlewaretoken", "carried", "do", "reason"}


def _show_changes(
    request: SignedIn, editing: Editing, carried: Carried, reason: ReasonForm | None = None
) -> HttpResponse:
    form = _bound(editing, carried.typed)
    if not form.is_valid():
        return _show_form(request, editing, carried, {}, form)
    typed = _wanted(editing, carried, form)
    current = values_of(editing.record, editing.facts)
    found = merge(carried.opened, current, _plain(editing, typed))
    if found.conflicts:
        return _show_conflict(request, editing, carried, found, form)
    if not found.changes:
        return _show_form(request, editing, carried, {"nothing_changed": True}, _bound(editing, carried.typed))
    changed = [fact for fact in editing.facts if fact.name in found.changes]
    values = {fact.name: typed[fact.name] for fact in changed}
    says = services.consequences(editing.partnership, editing.record, values, editing.version)
    names = _names(editing)
    guard = services.guarded(editing.partnership, editing.record, values)
    context = _context(request, editing, carried) | {
        "guard": guard,
        "changes": [_was(fact, editing.record, typed[fact.name], names) for fact in changed],
        "button": f"Save {words.count(len(changed), 'change')}",
        "consequences": says,
        "theirs": [fact.label for fact in editing.facts if fact.name in found.theirs],
        "form": reason or reason_form(is_needed=bool(guard) or services.needs_reason(editing.version)),
    }
    return render(request, "register/change_check.html", context)


def _wanted(editing: Editing, carried: Carried, form: FactForm) -> dict[str, Any]:
    """The values that the person wants: typed ones, and the other person's where they chose those."""
    typed = form.typed
    return typed | {fact.name: fact.read(editing.record) for fact in editing.facts if fact.name in carried.keep_theirs}


def _plain(editing: Editing, typed: Mapping[str, Any]) -> dict[str, Any]:
    return {fact.name: fact.plain(typed[fact.name]) for fact in editing.facts}


def _names(editing: Editing) -> dict[str, Mapping[Any, str]]:
    """Words for people and records that a fact points at and may no longer offer."""
    kinds = {fact.kind: fact for fact in editing.facts if fact.kind in ("person", "service", "entry", "priority")}
    return {kind: fact.options for kind, fact in kinds.items()}


def _was(fact: Fact, record: Any, value: Any, names: Mapping[str, Mapping[Any, str]]) -> Was:
    was, now = fact.in_words(fact.read(record), names), fact.in_words(value, names)
    pieces = history_words.word_by_word(was, now) if fact.is_long and was and now else ()
    return Was(fact.label, was, now, pieces)


def _go_back(request: SignedIn, editing: Editing, carried: Carried) -> HttpResponse:
    """From "What changes" to the form, with everything as typed."""
    form = _bound(editing, carried.typed)
    form.is_valid()
    return _show_form(request, editing, carried, {}, form)


def _save(request: SignedIn, editing: Editing, carried: Carried) -> HttpResponse:
    """Save the change, or show what stands in its way."""
    form = _bound(editing, carried.typed)
    if not form.is_valid():
        return _show_changes(request, editing, carried)
    typed = _wanted(editing, carried, form)
    changed = {fact.name: typed[fact.name] for fact in editing.facts if typed[fact.name] != fact.read(editing.record)}
    guard = services.guarded(editing.partnership, editing.record, changed)
    reason = reason_form(request.POST, is_needed=bool(guard) or services.needs_reason(editing.version))
    if not reason.is_valid():
        return _show_changes(request, editing, carried, reason)
    follows = services.consequences(editing.partnership, editing.record, changed, editing.version)
    try:
        saved = services.save_changes(
            editing.record,
            editing.facts,
            opened=carried.opened,
            typed=typed,
            by=request.user,
            reason=reason.cleaned_data["reason"],
            version=editing.version,
        )
    except services.Conflict as conflict:
        return _show_conflict(request, editing, carried, conflict.merge, form)
    except Refused as refusal:
        return _not_saved(request, editing, str(refusal), editing.back)
    if not saved.changes:
        return _show_form(request, editing, _opened_now(editing), {"nothing_changed": True})
    labels = [fact.label for fact in editing.facts if fact.name in saved.changes]
    messages.success(request, ". ".join([f"{words.listed(labels)} changed", *(each.rstrip(".") for each in follows)]))
    return redirect(editing.back)


def _not_saved(request: SignedIn, editing: Editing, why: str, back: str) -> HttpResponse:
    context = {"partnership": editing.partnership, "section": editing.section, "why": why, "back": back}
    return render(request, "register/not_saved.html", context, status=409)


def typed_on(request: SignedIn) -> tuple[str, dict[str, list[str]]] | None:
    """What a "What changes" page carries to another page: of which record and facts, and the inputs as typed.

    `None` when it carries nothing that this person signed.
    """
    try:
        values = signing.loads(request.POST.get("carried", ""), salt=SALT)
    except signing.BadSignature:
        return None
    return (values["of"], values["typed"]) if values["by"] == request.user.pk else None


# --- Somebody else changed it -----------------------------------------------------------------


@dataclass(frozen=True)
class Clash:
    """One fact that two people changed: as opened, theirs with who and when, mine."""

    fact: Fact
    opened: str
    theirs: str
    mine: str
    who: str
    chosen: str = ""
    error: str = ""

    @property
    def input_name(self) -> str:
        return f"choose-{self.fact.input_name}"


def _show_conflict(
    request: SignedIn,
    editing: Editing,
    carried: Carried,
    found: Merge,
    form: FactForm,
    *,
    chosen: Mapping[str, str] | None = None,
) -> HttpResponse:
    editing.record.refresh_from_db()
    names = _names(editing)
    in_clash = [fact for fact in editing.facts if fact.name in found.conflicts]
    # With `chosen`, something is missing among the choices: what was chosen stays.
    inputs = None if chosen is None else {f"choose-{fact.input_name}": chosen.get(fact.name, "") for fact in in_clash}
    choice = ChoiceForm(inputs, facts=in_clash)
    clashes = [
        Clash(
            fact,
            opened=fact.in_words(fact._from_plain(carried.opened[fact.name]), names),
            theirs=fact.in_words(fact.read(editing.record), names),
            mine=fact.in_words(form.typed[fact.name], names),
            who=_who_changed(editing.record, fact),
            chosen=(chosen or {}).get(fact.name, ""),
            error="Select which one is kept" if choice.errors.get(f"choose-{fact.input_name}") else "",
        )
        for fact in in_clash
    ]
    context = _context(request, editing, carried) | {
        "clashes": clashes,
        "seen": signing.dumps(values_of(editing.record, editing.facts), salt=f"{SALT}.seen", compress=True),
        "form": choice,
        "also_theirs": [fact.label for fact in editing.facts if fact.name in found.theirs],
    }
    return render(request, "register/change_conflict.html", context)


def _who_changed(record: Any, fact: Fact) -> str:
    """Who last changed a fact and when: "D.F., 17 November 2026 at 3:42pm"."""
    versions = list(record.history.order_by("-history_date", "-history_id")[:50])
    if not versions:
        return ""
    last = versions[0]
    for newer, older in zip(versions, [*versions[1:], None], strict=True):
        last = newer
        if older is None or history_words.raw(fact, older) != history_words.raw(fact, newer):
            break
    return ", ".join(filter(None, (last.by_name, words.moment(last.history_date))))


def _choose(request: SignedIn, editing: Editing, carried: Carried) -> HttpResponse:
    """From the three columns: go on with what the person chose for each fact."""
    form = _bound(editing, carried.typed)
    if not form.is_valid():
        return _show_form(request, editing, carried, {}, form)
    current = values_of(editing.record, editing.facts)
    found = merge(carried.opened, current, _plain(editing, form.typed))
    facts = {fact.name: fact for fact in editing.facts}
    choices = {name: request.POST.get(f"choose-{facts[name].input_name}", "") for name in found.conflicts}
    seen = _seen(request)
    stale = [name for name in found.conflicts if seen.get(name) != current[name]]
    missing = [name for name, choice in choices.items() if choice not in ("mine", "theirs")]
    if missing or stale:
        # What was chosen against an older value is asked again.
        kept = {name: choice for name, choice in choices.items() if name not in stale}
        return _show_conflict(request, editing, carried, found, form, chosen=kept if missing else None)
    theirs = tuple(name for name, choice in choices.items() if choice == "theirs")
    # What the person has now seen is what they work on from here.
    settled = {name: current[name] for name in found.conflicts}
    carried = Carried(dict(carried.opened) | settled, carried.typed, theirs)
    return _show_changes(request, editing, carried)


def _seen(request: SignedIn) -> dict[str, Any]:
    try:
        return dict(signing.loads(request.POST.get("seen", ""), salt=f"{SALT}.seen"))
    except signing.BadSignature:
        return {}
