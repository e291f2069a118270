"""Changing an entry's sections, its rows, its documents and its place in life; a new entry."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.permissions import SignedIn, requires
from policy.models import PolicyVersion
from policy.refused import Refused
from register import duplicates, rows, sections, services, similar, uploads
from register.facts import Asked
from register.forms import (
    ActionRowForm,
    DifferentForm,
    DocumentForm,
    FactForm,
    FileForm,
    MoveForm,
    NeededReasonForm,
    ProposeForm,
    RiskForm,
)
from register.models import Action, Document, Partnership, Risk, Status
from register.views.editing import Editing, change_record
from register.views.shared import asked_today, editable_or_404, entry_or_404, page

SECTION_OF = {
    "register:people": sections.PEOPLE,
    "register:money": sections.MONEY,
    "register:benefits": sections.BENEFITS,
    "register:risks": sections.RISKS,
    "register:actions": sections.ACTIONS,
    "register:documents": sections.DOCUMENTS,
}


# --- The entry's own facts --------------------------------------------------------------------


@requires("register.change")
def change_section(request: SignedIn, reference: str, section_id: str) -> HttpResponse:
    """Change the facts of one section of the pack."""
    partnership, asked = editable_or_404(request, reference), asked_today()
    try:
        facts = asked.section(section_id)
    except KeyError as unknown:
        raise Http404 from unknown
    if not facts or asked.policy is None:
        raise Http404
    section = next(each for each in asked.policy.sections if each.id == section_id)
    editing = Editing(
        partnership,
        partnership,
        facts,
        subject=f"“{section.title}”",
        back=reverse("register:details", args=[reference]),
        section=sections.DETAILS,
        intro=section.intro,
        version=asked.version,
    )
    return change_record(request, editing)


# --- Rows -------------------------------------------------------------------------------------


def _kind_or_404(slug: str) -> rows.RowKind:
    if slug not in rows.KINDS:
        raise Http404
    return rows.KINDS[slug]


def _form_class(row: Any, asked: Asked) -> Callable[..., FactForm]:
    if isinstance(row, Risk):
        return partial(RiskForm, owner_is_needed=asked.owner_is_needed(row))
    if isinstance(row, Action):
        return ActionRowForm
    return DocumentForm if isinstance(row, Document) else FactForm


@requires("register.change")
def add_row(request: SignedIn, reference: str, slug: str) -> HttpResponse:
    """Add a partner, a year's money, a benefit, a document ..."""
    partnership, asked, kind = editable_or_404(request, reference), asked_today(), _kind_or_404(slug)
    row: Any = kind.model(partnership=partnership, **kind.given)
    facts = asked.form_facts(row)
    if isinstance(row, Document):
        row.added_by = request.user
    form = _form_class(row, asked)(request.POST or None, request.FILES or None, record=row, facts=facts)
    if form.is_valid():
        if file := form.cleaned_data.get("file"):
            row.take_file(file)
        try:
            services.add_row(row, facts, form.typed, by=request.user, version=asked.version)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{kind.noun.capitalize()} added: {row}")
            return redirect(kind.page, reference)
    context = page(request, partnership, SECTION_OF[kind.page], form=form, kind=kind)
    context |= {"is_upload": kind is rows.DOCUMENT, "back": reverse(kind.page, args=[reference])}
    return render(request, "register/row_add.html", context)


def _row_or_404(partnership: Partnership, kind: rows.RowKind, row_id: int) -> Any:
    return get_object_or_404(rows.rows_of(kind, partnership), pk=row_id)


@requires("register.change")
def change_row(request: SignedIn, reference: str, slug: str, row_id: int) -> HttpResponse:
    """Change one row."""
    partnership, asked, kind = editable_or_404(request, reference), asked_today(), _kind_or_404(slug)
    row = _row_or_404(partnership, kind, row_id)
    editing = Editing(
        partnership,
        row,
        asked.form_facts(row),
        subject=f"this {kind.noun}",
        back=reverse(kind.page, args=[reference]),
        section=SECTION_OF[kind.page],
        form_class=_form_class(row, asked),
        version=asked.version,
    )
    return change_record(request, editing)


@requires("register.change")
def take_out_row(request: SignedIn, reference: str, slug: str, row_id: int) -> HttpResponse:
    """Take one row out, with a reason; the history keeps it."""
    partnership, asked, kind = editable_or_404(request, reference), asked_today(), _kind_or_404(slug)
    row = _row_or_404(partnership, kind, row_id)
    form = NeededReasonForm(
        request.POST or None,
        label=f"Why is this {kind.noun} taken out?",
        error=f"Say why this {kind.noun} is taken out",
    )
    if form.is_valid():
        try:
            services.take_out_row(row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{kind.noun.capitalize()} taken out. The history keeps it")
            return redirect(kind.page, reference)
    facts = asked.row_facts(kind.model)
    told = [{"label": fact.label, "value": rows.words_of(row, fact)} for fact in facts]
    context = page(request, partnership, SECTION_OF[kind.page], form=form, kind=kind, row=row)
    context |= {
        "told": [line for line in told if line["value"]],
        "back": reverse(kind.page, args=[reference]),
    }
    return render(request, "register/row_take_out.html", context)


@require_GET
@requires("register.view")
def document(request: SignedIn, reference: str, document_id: int) -> FileResponse:
    """Hand a document's file to somebody who may see the entry; always to be saved, never run by the browser."""
    partnership = entry_or_404(reference)
    return _handed_out(get_object_or_404(partnership.documents, pk=document_id))


@requires("register.view")
def document_files(request: SignedIn, reference: str, document_id: int) -> HttpResponse:
    """Every file that a document had, newest first; a new one for those who may change the entry."""
    partnership = entry_or_404(reference)
    found = get_object_or_404(partnership.documents, pk=document_id)
    context = page(request, partnership, sections.DOCUMENTS, document=found)
    if context["can_change"]:
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        if form.is_valid():
            try:
                services.replace_file(found, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, f"New version of {found} kept. The one before stays below")
                return redirect("register:document_files", reference, document_id)
        context["form"] = form
    context["files"] = found.files()
    return render(request, "register/document_files.html", context)


@require_GET
@requires("register.view")
def document_file(request: SignedIn, reference: str, document_id: int, version_id: int) -> FileResponse:
    """An earlier file of a document, handed out like the one of today."""
    partnership = entry_or_404(reference)
    found = get_object_or_404(partnership.documents, pk=document_id)
    version = get_object_or_404(found.history, history_id=version_id)
    return _handed_out(found.as_of_version(version))


def _handed_out(document: Document) -> FileResponse:
    """A file that is always saved, never run by the browser."""
    if not document.file or not document.file.storage.exists(str(document.file.name)):
        raise Http404
    answer = FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=uploads.safe_name(document.file_name),
        content_type=document.content_type or "application/octet-stream",
    )
    answer["Cache-Control"] = "private, no-store"
    return answer


# --- Its place in life ------------------------------------------------------------------------


@requires("register.move")
def move(request: SignedIn, reference: str) -> HttpResponse:
    """Move an entry in its life: join, leave, not a partnership; or undo the last move."""
    partnership, asked = entry_or_404(reference), asked_today()
    reasons = {
        to: services.why_not_move(partnership, to, by=request.user, policy=asked.policy)
        for to in Partnership.MOVES[Status(partnership.status)]
    }
    open_moves = [(to.value, MOVE_WORDS[to]) for to in Status if to in reasons and not reasons[to]]
    before = partnership.before_last_move()
    if before:
        open_moves.append(("undo", f"Undo the last move: back to {before.label.lower()}"))
    form = MoveForm(request.POST or None, moves=open_moves)
    if form.is_valid():
        to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
        by = request.user
        try:
            if to == "undo":
                moved = services.undo_move(partnership, by=by, reason=reason)
            else:
                moved = services.move(partnership, Status(to), by=by, reason=reason, policy=asked.policy)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{moved.name} is now {moved.get_status_display().lower()}")
            return redirect("register:partnership", reference)
    context = page(request, partnership, sections.OVERVIEW, form=form)
    context["closed"] = [(MOVE_WORDS[to], reason) for to, reason in reasons.items() if reason]
    return render(request, "register/move.html", context)


MOVE_WORDS = {
    Status.PROPOSED: "Propose it again",
    Status.ACTIVE: "Active: the council takes part",
    Status.LEAVING: "Leaving: it is decided to leave, and not all is done yet",
    Status.LEFT: "Left: the council no longer takes part",
    Status.NOT_JOINED: "Not joined",
    Status.CONTACT_ONLY: "Contact only: the council keeps in touch without taking part",
    Status.REFERRED: "Referred to another body",
    Status.NOT_A_PARTNERSHIP: "Not a partnership under the policy",
    Status.OTHER_ARRANGEMENT: "Another arrangement, such as a contract",
    Status.OUTSIDE_BODY: "An outside body to which the council sends somebody",
}


# --- A new entry, and entries that look alike -------------------------------------------------


@requires("register.propose")
def add(request: SignedIn) -> HttpResponse:
    """Propose a partnership: name, partners and purpose first; entries that look like it are shown.

    What its name says the same as is shown before it is saved, what its remit is like right after.
    """
    form = ProposeForm(request.POST or None)
    different = DifferentForm(request.POST if "different" in request.POST else None)
    alike: list[duplicates.Alike] = []
    if form.is_valid():
        facts = form.cleaned_data
        alike = duplicates.like(facts["name"], facts["partners"])
        if not alike or different.is_valid():
            version = PolicyVersion.objects.in_force(timezone.localdate())
            lead: dict[str, Any] = {"lead_officer": request.user} if "lead_officer" in _role_names(request.user) else {}
            try:
                partnership = services.propose(
                    **facts,
                    by=request.user,
                    policy_version=version,
                    alike=[each.partnership for each in alike],
                    different=different.cleaned_data["different"] if alike else "",
                    **lead,
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request, f"{partnership.name} is proposed as {partnership.reference}. Go on with its details"
                )
                shown = "register:similar" if similar.entries_like(partnership, most=1) else "register:partnership"
                return redirect(shown, partnership.reference)
    context = {"form": form, "forms": [form, different], "different": different, "alike": alike}
    return render(request, "register/add.html", context)


def _role_names(user: Any) -> set[str]:
    return {str(role) for role in user.roles}


@requires("register.view")
def similar_entries(request: SignedIn, reference: str) -> HttpResponse:
    """Entries with a similar remit: one of them could take on what this one is for (MEL-D15, MEL-F02)."""
    partnership = entry_or_404(reference)
    context = page(request, partnership, sections.OVERVIEW, entries=similar.entries_like(partnership))
    return render(request, "register/similar.html", context)


@requires("register.move")
def duplicate_list(request: SignedIn) -> HttpResponse:
    """Pairs of entries that look alike; "not the same" is remembered."""
    if request.method == "POST":
        one = get_object_or_404(Partnership, reference=request.POST.get("one", ""))
        other = get_object_or_404(Partnership, reference=request.POST.get("other", ""))
        duplicates.keep_apart(one, other, by=request.user, note=request.POST.get("note", ""))
        messages.success(request, f"{one.reference} and {other.reference} are kept apart")
        return redirect("register:duplicates")
    return render(request, "register/duplicates.html", {"pairs": duplicates.pairs(most=50)})
