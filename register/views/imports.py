"""The import wizard: upload, columns, questions, preview, done, undo. Each page works without scripts.

Nothing is saved in the register before the last button.
"""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import SignedIn, requires
from config import words as screen
from policy.refused import Refused
from register import import_service
from register.import_forms import RepairForm, UploadForm
from register.import_pages import (
    Group,
    answered_of,
    column_rows,
    done_facts,
    groups_of,
    preview_facts,
    preview_rows,
    questions_left,
    repair_rows,
    sheet_rows,
    steps,
)
from register.import_plan import choice_key
from register.importing import CannotRead
from register.models import Import, Partnership

ROWS_A_PAGE = 25
CELLS_SHOWN = 100


def _refusal(sentence: str) -> forms.Form:
    """A form that holds nothing but the sentence, for the error summary of a page."""
    form = forms.Form({})
    form.add_error(None, sentence)
    return form


def _record(number: int, *, is_open: bool = False) -> Import:
    """The import with this number; one that was deleted, or is done where it should be open, is not found."""
    records = Import.objects.exclude(state=Import.State.DELETED)
    records = records.select_related("uploaded_by", "committed_by", "undone_by").defer("packed_cells")
    record = get_object_or_404(records, pk=number)
    if is_open and not record.is_open:
        raise Http404("This import is done")
    return record


@requires("register.import")
@require_GET
def import_list(request: SignedIn) -> HttpResponse:
    """All imports, newest first."""
    page = Paginator(Import.objects.for_list(), 25).get_page(request.GET.get("page"))
    return render(request, "register/import_list.html", {"page": page})


@requires("register.import")
@require_http_methods(["GET", "POST"])
def import_upload(request: SignedIn) -> HttpResponse:
    """Take a spreadsheet and read it; what cannot be read gets a sentence and nothing is kept."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            record = import_service.upload(file, by=request.user, year=form.cleaned_data["year"])
        except CannotRead as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("register:import_columns", record.pk)
    return render(request, "register/import_upload.html", {"form": form, "steps": steps(None, "upload")})


@requires("register.import")
@require_GET
def import_start(request: SignedIn, number: int) -> HttpResponse:
    """The step that an import has come to."""
    record = _record(number)
    if not record.is_open:
        return redirect("register:import_done", number)
    return redirect("register:import_preview" if record.answers else "register:import_columns", number)


@requires("register.import")
@require_http_methods(["GET", "POST"])
def import_columns(request: SignedIn, number: int) -> HttpResponse:
    """Which sheet and heading row were found and why, and what each column becomes."""
    record = _record(number, is_open=True)
    rows = column_rows(record, request.POST or None)
    asked = [form for row in rows for form in (row.becomes, row.form) if form is not None]
    form = None
    if request.method == "POST" and sum(not each.is_valid() for each in asked) == 0:
        answers = [answer for row in rows for answer in row.answers()]
        try:
            if answers:
                import_service.answer(record, answers)
        except Refused as refusal:
            form = _refusal(str(refusal))
        else:
            return redirect("register:import_questions", number)
    context = {
        "record": record,
        "reading": record.reading,
        "columns": rows,
        "sheets": sheet_rows(record.reading),
        "form": form,
        "forms": asked,
        "steps": steps(record, "columns"),
        "left": questions_left(groups_of(record.reading)),
        "same_file": import_service.same_file(record),
    }
    return render(request, "register/import_columns.html", context)


@requires("register.import")
@require_GET
def import_questions(request: SignedIn, number: int) -> HttpResponse:
    """The first question that waits; the preview when none does."""
    record = _record(number, is_open=True)
    groups = groups_of(record.reading)
    waiting = next((group for group in groups if group.is_open), None)
    if waiting is None:
        return redirect("register:import_preview", number)
    return redirect("register:import_question", number, waiting.key)


@requires("register.import")
@require_http_methods(["GET", "POST"])
def import_question(request: SignedIn, number: int, key: str) -> HttpResponse:
    """One question: one answer for all its cells, or cell by cell. Nothing is chosen in advance."""
    record = _record(number, is_open=True)
    groups = groups_of(record.reading)
    group = next((each for each in groups if each.key == key), None)
    if group is None:
        raise Http404("No such question")
    act = request.POST.get("act", "")
    page = Paginator(group.open_cells, ROWS_A_PAGE).get_page(request.GET.get("page"))
    one_by_one = "one" in request.GET and bool(group.open_cells)
    shown = group.forms(request.POST if request.method == "POST" and not act else None, page if one_by_one else None)
    refused = None
    if request.method == "POST":
        answers = group.said(act, shown, record.answers)
        if answers is not None:
            try:
                if answers:
                    import_service.answer(record, answers)
            except Refused as refusal:
                refused = _refusal(str(refusal))
            else:
                return redirect(_after(number, groups, group, act, stay=one_by_one and page.has_next()))
    context = {
        "record": record,
        "groups": groups,
        "group": group,
        "position": groups.index(group) + 1,
        "answered": sum(not each.is_open for each in groups),
        "cells": group.shown_cells(CELLS_SHOWN),
        "answered_cells": answered_of(record.reading, group)[:CELLS_SHOWN],
        "page": page,
        "shown": shown,
        "form": refused,
        "forms": [form for _, form in shown],
        "one_by_one": one_by_one,
        "later": _next_question(number, groups, key),
        "left": questions_left(groups),
        "steps": steps(record, "questions"),
    }
    return render(request, "register/import_question.html", context)


def _after(number: int, groups: list[Group], group: Group, act: str, *, stay: bool) -> str:
    """Where an answer leads: the same question when it is taken back or has more cells, else the next one."""
    here = reverse("register:import_question", args=[number, group.key])
    if act == "again":
        return here
    return f"{here}?one=1" if stay else _next_question(number, groups, group.key)


def _next_question(number: int, groups: list[Group], key: str) -> str:
    """The next question after this one that waits; after the last one, the preview."""
    keys = [group.key for group in groups]
    for group in groups[keys.index(key) + 1 :]:
        if group.is_open:
            return reverse("register:import_question", args=[number, group.key])
    return reverse("register:import_preview", args=[number])


@requires("register.import")
@require_http_methods(["GET", "POST"])
def import_preview(request: SignedIn, number: int) -> HttpResponse:
    """What the import would do: figures, cells to put right, row by row. Posting puts one cell right."""
    record = _record(number, is_open=True)
    repair = None
    if request.method == "POST":
        repair = RepairForm(request.POST, cell=request.POST.get("cell", ""))
        if repair.is_valid():
            try:
                import_service.answer(record, [repair.answer()])
            except Refused as refusal:
                repair.add_error("raw", str(refusal))
            else:
                messages.success(request, f"{repair.cleaned_data['cell']} is read again. Look at its row below")
                return redirect("register:import_preview", number)
    return _preview(request, record, repair)


def _preview(
    request: HttpRequest, record: Import, repair: RepairForm | None = None, refused: forms.Form | None = None
) -> HttpResponse:
    plan = import_service.plan_of(record)
    rows = preview_rows(record, plan, request.GET.get("show", ""))
    repairs = repair_rows(record, repair, most=CELLS_SHOWN)
    context = {
        "record": record,
        "plan": plan,
        "facts": preview_facts(record, plan),
        "repairs": repairs,
        "wrong": len(import_service.wrong_cells(record.reading)),
        "form": refused or (repair if repair is not None and repair.errors else None),
        "rows": rows,
        "page": Paginator(rows.shown, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "left": questions_left(groups_of(record.reading)),
        "steps": steps(record, "preview"),
        "same_file": import_service.same_file(record),
    }
    return render(request, "register/import_preview.html", context)


@requires("register.import")
@require_POST
def import_choose(request: SignedIn, number: int) -> HttpResponse:
    """Keep which of two values wins where a person changed the register since the last import."""
    record = _record(number, is_open=True)
    plan = import_service.plan_of(record)
    keys = {choice_key(row, name) for row in plan.rows for name in (*row.conflicts, *row.changes)}
    chosen = {name: value for name, value in request.POST.items() if name in keys and value in ("file", "register")}
    import_service.choose(record, chosen)
    messages.success(request, f"{screen.count(len(chosen), 'choice')} kept")
    return redirect(f"{reverse('register:import_preview', args=[number])}?show=conflicts")


@requires("register.import")
@require_POST
def import_commit(request: SignedIn, number: int) -> HttpResponse:
    """Import all rows that are not stopped, or none."""
    record = _record(number)
    try:
        counts = import_service.commit(record, by=request.user)
    except Refused as refusal:
        # Pressed twice: the first press imported it while the second one waited.
        record.refresh_from_db(fields=["state"])
        if not record.is_open:
            return redirect("register:import_done", number)
        return _preview(request, record, refused=_refusal(str(refusal)))
    done = counts["new"] + counts["changed"]
    messages.success(request, f"{screen.count(done, 'partnership')} imported. Look at what is still unanswered below")
    return redirect("register:import_done", number)


@requires("register.import")
@require_GET
def import_done(request: SignedIn, number: int) -> HttpResponse:
    """What an import did, what is still unanswered, and what stands in the way of undoing it."""
    record = _record(number)
    if record.is_open:
        return redirect("register:import", number)
    rows = record.rows.exclude(action="same").order_by("row", "pk")
    left = import_service.unanswered(record.reading)[:CELLS_SHOWN]
    wrong = import_service.wrong_cells(record.reading)[:CELLS_SHOWN]
    references = {(row.sheet, row.row): row.reference for row in record.rows.exclude(partnership=None)}
    for cell in (*left, *wrong):
        cell["reference"] = references.get((cell["sheet"], cell["row"]), "")
    context = {
        "record": record,
        "rows": rows[:10],
        "more": max(0, rows.count() - 10),
        "left": left,
        "left_count": len(import_service.unanswered(record.reading)),
        "wrong": wrong,
        "without_lead": Partnership.objects.filter(lead_officer=None, pk__in=rows.values("partnership")).count(),
        "in_the_way": import_service.in_the_way_of_undo(record) if record.state == Import.State.COMMITTED else [],
        "facts": done_facts(record),
        "steps": steps(record, "done"),
    }
    return render(request, "register/import_done.html", context)


@requires("register.import")
@require_http_methods(["GET", "POST"])
def import_undo(request: SignedIn, number: int) -> HttpResponse:
    """Say what undoing takes out; posting takes it out."""
    record = _record(number)
    if record.state != Import.State.COMMITTED:
        return redirect("register:import", number)
    refused = None
    if request.method == "POST":
        try:
            import_service.undo(record, by=request.user)
        except Refused:
            refused = _refusal("This import cannot be undone. What stands in the way is listed below")
        else:
            messages.success(request, f"The import of {record.file_name} is undone. You can upload the file again")
            return redirect("register:import_list")
    context = {"record": record, "in_the_way": import_service.in_the_way_of_undo(record), "form": refused}
    return render(request, "register/import_undo.html", context)


@requires("register.import")
@require_http_methods(["GET", "POST"])
def import_delete(request: SignedIn, number: int) -> HttpResponse:
    """Throw away an upload that was not imported."""
    record = _record(number, is_open=True)
    if request.method == "POST":
        name = record.file_name
        import_service.delete_upload(record)
        messages.success(request, f"The upload of {name} is deleted. Nothing of it was imported")
        return redirect("register:import_list")
    return render(request, "register/import_delete.html", {"record": record})


@requires("register.import")
@require_GET
def import_unanswered(request: SignedIn, number: int) -> HttpResponse:
    """What is left to answer, as a spreadsheet to send round."""
    record = _record(number)
    response = HttpResponse(
        import_service.unanswered_as_xlsx(record),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    today = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="left-to-answer-{record.pk}-{today}.xlsx"'
    return response
