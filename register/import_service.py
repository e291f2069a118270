"""Brings an old spreadsheet into the register: read, answer, plan, commit, undo.

Nothing is saved before the commit but the upload itself. The commit is one transaction, all rows or none.
"""

import hashlib
import io
import itertools
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from django.core.files import File
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from accounts.models import User
from policy.model import Policy
from policy.models import PolicyVersion
from policy.reading import pack_files, read_pack_file
from policy.refused import Refused
from register.import_mapping import EMPTY, Words, words_of
from register.import_plan import Plan, PlannedRow, left_out, make_plan
from register.import_words import raw_said, value_said
from register.import_writing import BATCH, PARTS, Change, Writer, chunks, holds, take_out_all
from register.importing import CannotRead, GuideLevel, Knowledge, cells_of, collector_paused, read_cells
from register.models import (
    Import,
    ImportedRow,
    ListEntry,
    Membership,
    Organisation,
    Partnership,
    Priority,
    PriorityLink,
)

NOTHING_FOUND = {
    "code": "no-records",
    "message": "No row of this file looks like a partnership.",
    "fix": "Choose the file that holds the register, with a row of headings above the partnerships.",
}
PRESSED_TWICE = timedelta(minutes=1)
MOST_NAMED = 10  # how many things that stand in an undo's way are named


# --- Reading --------------------------------------------------------------------------------------


def upload(file: File, *, by: User, year: int) -> Import:
    """Read an uploaded spreadsheet and keep it for its questions. Raises CannotRead; then nothing is kept.

    `year` is the financial year of the contributions, by the calendar year of its April. The same file from the same
    person within a minute is the same upload: the button was pressed twice.
    """
    name = PurePath(file.name or "file").name[:200]
    digest = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("wb") as copy:
            for piece in file.chunks():
                digest.update(piece)
                copy.write(piece)
        started = time.monotonic()
        cells = cells_of(path)
        reading, _ = read(name, cells)
        seconds = time.monotonic() - started
    if not reading["rows"]:
        problem = next(iter(reading.get("file_errors", [])), None) or NOTHING_FOUND
        raise CannotRead(problem["code"], f"{problem['message']} {problem['fix']}")
    twice = Import.objects.filter(digest=digest.hexdigest(), file_name=name, uploaded_by=by, financial_year=year)
    twice = twice.filter(state=Import.State.READ, answers=[], uploaded_at__gt=timezone.now() - PRESSED_TWICE)
    if earlier := twice.first():
        return earlier
    record = Import(file_name=name, digest=digest.hexdigest(), size=file.size or 0, financial_year=year, uploaded_by=by)
    record.keep_reading(reading, seconds=seconds)
    record.keep_cells(cells)
    file.seek(0)
    record.file.save(name, file, save=False)
    record.save()
    return record


def read(
    file_name: str, cells: Mapping[str, Any], answers: Sequence[Mapping[str, Any]] | None = None
) -> tuple[dict[str, Any], float]:
    """The JSON of reading kept cells (`cells_of`) with these answers, and the seconds it took. Raises CannotRead."""
    started = time.monotonic()
    with collector_paused():
        reading = read_cells(file_name, cells, knowledge_now(), list(answers) if answers else None).as_json()
    return reading, time.monotonic() - started


def answer(record: Import, answers: Sequence[Mapping[str, Any]]) -> None:
    """Take answers to an upload's questions, later ones in place of earlier ones, and read the file again.

    Raises Refused when the import is done or an answer does not fit; then nothing changes.
    """
    if not record.is_open:
        raise Refused("This file was imported already. Upload it again to answer more questions")
    kept = merged(record.answers, answers)
    reading, seconds = read(record.file_name, _cells_of(record), kept)
    before = record.reading.get("refused_answers", [])
    if refused := [sentence for sentence in reading.get("refused_answers", []) if sentence not in before]:
        raise Refused(" ".join(refused[:MOST_NAMED]))
    record.answers = kept
    record.keep_reading(reading, seconds=seconds)
    record.save(update_fields=["answers", "packed_reading", "packed_cells", "seconds"])


def merged(old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One list of answers: a new answer takes the place of the one to the same question. `drop` takes one out.

    What a cell should hold is read afresh, so it takes the place of every answer about that cell.
    """
    kept = {_question(one): dict(one) for one in old}
    for one in new:
        key = _question(one)
        if "raw" in one:
            kept = {other: said for other, said in kept.items() if other[:2] != key[:2]}
        kept.pop(key, None)
        if not one.get("drop"):
            kept[key] = dict(one)
    return list(kept.values())


def _question(one: Mapping[str, Any]) -> tuple[str, ...]:
    kind = "raw" if "raw" in one else str(one.get("code", ""))
    return (str(one.get("sheet", "")), str(one.get("cell", "")), kind, str(one.get("column", "")))


def _cells_of(record: Import) -> dict[str, Any]:
    """The cells that were kept at the upload; of an upload without them the file is opened once more."""
    if cells := record.cells:
        return cells
    with _copy_of(record) as path:
        cells = cells_of(path)
    record.keep_cells(cells)
    return cells


@contextmanager
def _copy_of(record: Import) -> Iterator[Path]:
    """A copy of the stored file under the name that it was uploaded with."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / record.file_name
        with record.file.open("rb") as stored, path.open("wb") as copy:
            for piece in iter(lambda: stored.read(1 << 20), b""):
                copy.write(piece)
        yield path


def policy_now() -> Policy | None:
    """The policy in force today; without one, or without a database, the first of the pack files."""
    try:
        # A transaction of its own: a failed question must not spoil the caller's.
        with transaction.atomic():
            version = PolicyVersion.objects.in_force(timezone.localdate())
    except DatabaseError:
        version = None
    return version.policy if version else _policy_of_files()


@lru_cache(maxsize=1)
def _policy_of_files() -> Policy | None:
    packs = pack_files()
    return read_pack_file(packs[0]).policy if packs else None


def words_now() -> Words:
    """The words of the policy in force."""
    return words_of(policy_now())


def knowledge_now() -> Knowledge:
    """What helps to read a file today: the council's priorities, its working day, the policy's guide to risk."""
    policy, usual = policy_now(), Knowledge()
    try:
        with transaction.atomic():
            rows = Priority.objects.filter(is_active=True).order_by("position", "pk").values_list("code", "title")
            priorities = tuple(rows)
    except DatabaseError:
        priorities = ()
    return Knowledge(
        priorities=priorities,
        hours_a_day=_setting(policy, "working-day-hours", usual.hours_a_day),
        hours_a_week=_setting(policy, "full-time-week-hours", usual.hours_a_week),
        risk_guide=_risk_guide(policy),
    )


def _setting(policy: Policy | None, name: str, otherwise: float) -> float:
    """A number of the policy's settings, or what is usual where the policy has none."""
    found = [one.value for one in policy.settings if one.id == name] if policy else []
    return float(found[0]) if found else otherwise


def _risk_guide(policy: Policy | None) -> tuple[GuideLevel, ...]:
    """The levels that the policy's criterion of money gives, lowest first; empty when it has none (BRK-C01)."""
    scheme = policy.schemes.get("risk") if policy else None
    for criterion in scheme.criteria if scheme else ():
        if criterion.fact == "contribution_a_year" and criterion.limits:
            levels = [GuideLevel(criterion.limits[0].level, at_least=Decimal(0))]
            for before, limit in itertools.pairwise(criterion.limits):
                if before.below is not None:
                    levels.append(GuideLevel(limit.level, at_least=before.below))
                else:
                    levels.append(GuideLevel(limit.level, above=before.up_to))
            return tuple(levels)
    return ()


def same_file(record: Import) -> Import | None:
    """The latest import of a file with the same content that stands in the register."""
    earlier = Import.objects.committed().filter(digest=record.digest).exclude(pk=record.pk)
    return earlier.defer("packed_reading", "packed_cells").order_by("-committed_at").first()


def plan_of(record: Import) -> Plan:
    """What importing this upload would do now. `plan.to_import` is the number on the button."""
    return make_plan(record.reading, words=words_now(), year=record.financial_year, choices=record.choices)


def choose(record: Import, choices: Mapping[str, str]) -> None:
    """Keep whether the file or the register wins, by the keys of `choice_key`. Raises Refused."""
    if not record.is_open:
        raise Refused("This file was imported already")
    record.choices = record.choices | dict(choices)
    record.save(update_fields=["choices"])


# --- Commit ---------------------------------------------------------------------------------------


@collector_paused()
@transaction.atomic
def commit(record: Import, *, by: User) -> dict[str, int]:
    """Write all rows that are not stopped, or none. Returns the counts. Raises Refused.

    Unanswered cells and cells that cannot be right stay empty.
    """
    record = Import.objects.select_for_update().get(pk=record.pk)
    if not record.is_open:
        raise Refused("This file was imported already. Nothing was imported a second time")
    plan = plan_of(record)
    if not any(row.action in ("new", "changed", "same") for row in plan.rows):
        raise Refused("No row can be imported. Put right what stops them, or upload another file")
    writer = Writer(
        by=by,
        year=record.financial_year,
        policy_version=PolicyVersion.objects.in_force(timezone.localdate()),
        council_lists=words_now().council_lists,
    )
    written = [row for row in plan.rows if row.is_written]
    entries = _entries([row.partnership_id for row in written if row.partnership_id])
    before = {row.partnership_id: {name: was for name, (was, _) in row.changes.items()} for row in written}
    changes = [_change(record, row, entries) for row in written]
    writer.write(changes, titles=plan.titles)
    _keep_rows(record, plan, written, changes, before)
    counts = plan.counts | {"priorities": len(writer.made_priorities), "organisations": len(writer.made_organisations)}
    record.counts = counts | {
        "made_priorities": writer.made_priorities,
        "made_organisations": writer.made_organisations,
        "made_values": writer.made_values,
        "unanswered": len(unanswered(record.reading)),
    }
    record.state, record.packed_cells = Import.State.COMMITTED, b""
    record.committed_by, record.committed_at = by, timezone.now()
    record.save()
    return counts


def _entries(ids: Sequence[int]) -> dict[int, Partnership]:
    found: dict[int, Partnership] = {}
    for chunk in chunks(ids):
        found |= {entry.pk: entry for entry in Partnership.objects.select_for_update().filter(pk__in=chunk)}
    return found


def reason_for(record: Import, row: PlannedRow | ImportedRow) -> str:
    """What history says about a row's change."""
    return f"Imported from {record.file_name}, sheet {row.sheet}, row {row.row}"


def _change(record: Import, row: PlannedRow, entries: Mapping[int, Partnership]) -> Change:
    fields = row.fields if row.action == "new" else {name: becomes for name, (_, becomes) in row.changes.items()}
    partnership = entries[row.partnership_id] if row.partnership_id else None
    return Change(dict(fields), reason_for(record, row), partnership, row.sectors)


def _keep_rows(
    record: Import,
    plan: Plan,
    written: Sequence[PlannedRow],
    changes: Sequence[Change],
    before: Mapping[int | None, dict[str, Any]],
) -> None:
    """Keep where everything came from, for rows that changed nothing as well: they say what the file said."""
    entry_of_row = {id(row): change.partnership for row, change in zip(written, changes, strict=True)}
    same = _entries([row.partnership_id for row in plan.rows if row.action == "same" and row.partnership_id])
    rows = []
    for row in plan.rows:
        entry = entry_of_row.get(id(row)) or same.get(row.partnership_id or 0)
        if entry is None:
            continue
        rows.append(
            ImportedRow(
                import_record=record,
                partnership=entry,
                reference=entry.reference,
                name=entry.name,
                sheet=row.sheet[:200],
                row=row.row,
                action=row.action,
                cells=row.cells,
                written=row.fields,
                before=before.get(row.partnership_id, {}) if row.action == "changed" else {},
                version=entry.version,
            )
        )
    ImportedRow.objects.bulk_create(rows, batch_size=BATCH)


# --- Undo -----------------------------------------------------------------------------------------


def in_the_way_of_undo(record: Import) -> list[str]:
    """What stands in the way of undoing, each in a sentence that names it; empty when it can be undone."""
    if record.state != Import.State.COMMITTED or record.committed_at is None:
        return ["This file is not imported, so there is nothing to undo"]
    rows = list(record.rows.exclude(action=ImportedRow.Action.SAME).select_related("partnership"))
    found: list[str] = []
    touched = {row.partnership.pk: row.partnership for row in rows if row.partnership}
    found += [f"{row.name} is no longer on the register" for row in rows if row.partnership_id is None]
    changed = _changed_since(list(touched), record)
    for row in rows:
        if row.partnership_id in changed or (row.partnership and row.partnership.version != row.version):
            who = changed.get(row.partnership_id or 0, "")
            found.append(f"{row.reference} {row.name} was changed since{f' by {who}' if who else ''}")
    made = [row.partnership_id for row in rows if row.action == ImportedRow.Action.NEW and row.partnership_id]
    found += _used_elsewhere(made, touched)
    return list(dict.fromkeys(found))


def _changed_since(ids: Sequence[int], record: Import) -> dict[int, str]:
    """Entries that history shows as changed after the import, with who changed them last."""
    found: dict[int, str] = {}
    for chunk in chunks(ids):
        later = Partnership.history.filter(id__in=chunk, history_date__gt=record.committed_at)
        found |= dict(later.order_by("history_date").values_list("id", "by_name"))
        for model in PARTS:
            rows = model.history.filter(partnership_id__in=chunk, history_date__gt=record.committed_at)
            found |= dict(rows.order_by("history_date").values_list("partnership_id", "by_name"))
    return found


def _used_elsewhere(ids: Sequence[int], entries: Mapping[int, Partnership]) -> list[str]:
    """Records outside the import that refer to entries it made, such as an assessment or a document."""
    found: list[str] = []
    ours = {*PARTS, ImportedRow}
    inside = set(ids)
    for relation in Partnership._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or relation.related_model in ours:
            continue
        model: Any = relation.related_model
        if model._meta.model_name.startswith("historical"):
            continue
        name = relation.field.attname
        for chunk in chunks(ids):
            for record in model._base_manager.filter(**{f"{name}__in": chunk})[:MOST_NAMED]:
                if model is Partnership and record.pk in inside:
                    continue
                entry = entries[getattr(record, name)]
                found.append(f"{entry.reference} {entry.name} has {_a(model._meta.verbose_name)}: {record}")
    return found


def _a(noun: Any) -> str:
    return f"{'an' if str(noun)[0] in 'aeiou' else 'a'} {noun}"


@transaction.atomic
def undo(record: Import, *, by: User) -> None:
    """Take out the entries that the import made and put back what it changed.

    Raises Refused, which names what is in the way. History keeps both, and the file can be imported again.
    """
    record = Import.objects.select_for_update().get(pk=record.pk)
    if in_the_way := in_the_way_of_undo(record):
        raise Refused(". ".join(in_the_way[:MOST_NAMED]))
    reason = f"Import of {record.file_name} undone"
    rows = list(record.rows.all())
    _put_back([row for row in rows if row.action == ImportedRow.Action.CHANGED], record, reason=reason, by=by)
    made = [row.partnership_id for row in rows if row.action == ImportedRow.Action.NEW and row.partnership_id]
    for chunk in chunks(made):
        ImportedRow.objects.filter(partnership_id__in=chunk).update(partnership=None)
    for chunk in chunks(made):
        for model in PARTS:
            take_out_all(list(model._default_manager.filter(partnership_id__in=chunk)), by=by, reason=reason)
    for chunk in chunks(made):
        take_out_all(list(Partnership.objects.filter(pk__in=chunk)), by=by, reason=reason)
    _tidy_lists(record)
    record.state = Import.State.UNDONE
    record.undone_by, record.undone_at = by, timezone.now()
    record.save(update_fields=["state", "undone_by", "undone_at"])


def _put_back(rows: Sequence[ImportedRow], record: Import, *, reason: str, by: User) -> None:
    """Write what changed fields said before the import."""
    entries = _entries([row.partnership_id for row in rows if row.partnership_id])
    changes = [
        Change(dict(row.before), reason, entries[row.partnership_id])
        for row in rows
        if row.partnership_id and row.before
    ]
    Writer(by=by, year=record.financial_year, policy_version=None).write(changes, titles={})


def _tidy_lists(record: Import) -> None:
    """Take out organisations, priorities, themes and areas that the import made and nothing uses any more."""
    made = record.counts.get("made_organisations", [])
    used = set(Membership.objects.filter(organisation_id__in=made).values_list("organisation_id", flat=True))
    Organisation.objects.filter(pk__in=[pk for pk in made if pk not in used]).delete()
    made = record.counts.get("made_priorities", [])
    linked = set(PriorityLink.objects.filter(priority_id__in=made).values_list("priority_id", flat=True))
    spare = Priority.objects.filter(pk__in=[pk for pk in made if pk not in linked])
    spare.filter(parent__isnull=False).delete()
    spare.exclude(outcomes__isnull=False).delete()
    values = ListEntry.objects.filter(pk__in=record.counts.get("made_values", []))
    used_values = {value for pair in Partnership.objects.values_list("theme", "area") for value in pair}
    values.exclude(value__in=used_values).delete()


def delete_upload(record: Import) -> None:
    """Throw away an upload that was never imported: its file and what was read from it. Raises Refused."""
    if not record.is_open:
        raise Refused("This file was imported, so it stays with the register. Undo the import instead")
    record.file.delete(save=False)
    record.packed_reading, record.packed_cells = b"", b""
    record.answers, record.state = [], Import.State.DELETED
    record.save()


# --- What a reading says --------------------------------------------------------------------------


def unanswered(reading: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every cell that still waits for an answer, with its row's name."""
    return [
        {
            **ask,
            "sheet": row.get("sheet", ""),
            "row": row["row"],
            "name": name_of(row),
            "raw_said": raw_said(ask.get("raw")),
        }
        for row in reading.get("rows", ())
        if not left_out(row)
        for ask in row.get("asks") or ()
    ]


def wrong_cells(reading: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every cell that cannot be right, what stops a row first; rows that somebody left out are done with."""
    found = [
        {**error, "sheet": row.get("sheet", ""), "row": row["row"], "name": name_of(row)}
        for row in reading.get("rows", ())
        if not left_out(row)
        for error in row.get("errors") or ()
    ]
    return sorted(found, key=lambda error: error.get("blocks") != "row")


def name_of(row: Mapping[str, Any]) -> str:
    """What a row is about, for people."""
    values = row.get("values") or {}
    for key in ("name", "body", "organisation", "ref"):
        if values.get(key) not in EMPTY:
            return str(values[key])
    return f"Row {row['row']}"


def provenance(partnership: Partnership) -> dict[str, dict[str, Any]]:
    """Where the entry's fields came from, for one query.

    By register field {"file", "sheet", "import", "cell", "raw", "rule", "holds"}; `holds` says whether the field
    still says what the file said. The newest import that wrote a field counts; fields that no import wrote are missing.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in ImportedRow.objects.for_partnership(partnership):
        place = {"file": row.import_record.file_name, "sheet": row.sheet, "import": row.import_record_id}
        for name, cell in row.cells.items():
            if name in row.written and name not in found:
                found[name] = {**place, **cell, "holds": holds(partnership, name, row.written[name])}
    return found


def unanswered_as_xlsx(record: Import) -> bytes:
    """What is left to answer, as a spreadsheet to send to those who know. Text stays text, even "=1+1"."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("Left to answer")
    rows: list[list[str]] = [["Sheet", "Cell", "Row", "In the spreadsheet", "Question", "Suggested", "Your answer"]]
    rows += [
        [
            str(one["sheet"]),
            str(one.get("cell", "")),
            str(one["name"]),
            raw_said(one.get("raw")),
            str(one["question"]),
            value_said(one["suggest"], (one.get("fields") or [""])[0]) if one.get("suggest") not in EMPTY else "",
            "",
        ]
        for one in unanswered(record.reading)
    ]
    for number, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(number, place, ILLEGAL_CHARACTERS_RE.sub("", text))
            cell.data_type = "s"
            cell.font = Font(bold=number == 1)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEFG", (18, 8, 40, 30, 60, 24, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
