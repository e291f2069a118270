"""What an import would do, row by row, before anything is saved.

A row is new, changed, the same, stopped (something in it cannot be right) or left out (a person said so). An entry is
found again by the council's own reference, then by its exact name, letter case, accents and blanks aside. A field is
overwritten only when the file changed it; where a person changed it in the register since, the register's value
stays and the row shows both, unless `choices` says that the file wins.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from register.import_mapping import EMPTY, GOES_TO, Words, body_of, entry_of, member_of, without_doubles
from register.import_writing import Parts, chunks, fields_of
from register.models import Contribution, Import, ImportedRow, Partnership, Status
from register.models.lists import normalised

# Questions about a row as a whole: until they are answered the entry comes in as proposed, not as active.
WHOLE_ROW = {"duplicate", "not-a-partnership", "hidden-row", "struck-out"}
# A file never changes these by being silent about them, nor moves an entry against the moves there are.
NAME_TOO_LONG = 200


@dataclass
class PlannedRow:
    """One row of the file, or one outside body with all its rows, and what becomes of it."""

    sheet: str
    row: int
    name: str
    action: str  # new, changed, same, stopped, left_out
    why: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # register field: what it was, what it becomes
    conflicts: dict[str, tuple[Any, Any, Any]] = field(default_factory=dict)  # as imported before, register, file
    remarks: list[str] = field(default_factory=list)
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    sectors: dict[str, str] = field(default_factory=dict)
    partnership_id: int | None = None

    @property
    def is_written(self) -> bool:
        """Whether the commit writes something for this row."""
        return self.action in ("new", "changed")


@dataclass
class PlannedMember:
    """One row of a sheet of members: the organisation, and the partnership it joins or why it joins none."""

    sheet: str
    row: int
    organisation: str
    partnership: str = ""
    why: str = ""


@dataclass
class Plan:
    rows: list[PlannedRow]
    members: list[PlannedMember]
    titles: dict[str, str]  # of priorities that the register lacks, by code

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, the same, stopped and left out, and how many members are joined."""
        found = Counter(row.action for row in self.rows)
        members = Counter("members_stopped" if member.why else "members" for member in self.members)
        names = ("new", "changed", "same", "stopped", "left_out")
        return {name: found[name] for name in names} | {
            "members": members["members"],
            "members_stopped": members["members_stopped"],
            "conflicts": sum(len(row.conflicts) for row in self.rows),
        }

    @property
    def to_import(self) -> int:
        """How many partnerships the commit would make or change."""
        return sum(row.is_written for row in self.rows)

    @property
    def contribution(self) -> Decimal:
        """The sum of the contributions that the file's rows would bring, in £ a year."""
        rows = (row for row in self.rows if row.action not in ("stopped", "left_out"))
        return sum((Decimal(row.fields.get("contribution") or 0) for row in rows), Decimal(0))


def make_plan(
    reading: Mapping[str, Any], *, words: Words, year: int, choices: Mapping[str, str] | None = None, known: bool = True
) -> Plan:
    """Say what importing `reading` would do. `known=False` takes the register as empty (no database is asked)."""
    planned, members, bodies = [], [], defaultdict(list)
    for row in reading.get("rows", ()):
        values = row.get("values") or {}
        if "body" in values:
            bodies[_body_key(row, values)].append(row)
        elif "organisation" in values or "partnership_ref" in values:
            members.append(row)
        else:
            planned.append(_planned(row, words))
    planned += [_planned_body(rows, words) for rows in bodies.values()]
    _join_doubles(planned, reading)
    _stop_doubles(planned)
    joined = _join_members(planned, members)
    if known:
        _compare(planned, year=year, choices=choices or {})
    return Plan(planned, joined, _titles(reading, planned))


def _planned(row: Mapping[str, Any], words: Words) -> PlannedRow:
    """One row of a sheet of partnerships, as if the register were empty."""
    values = row["values"]
    entry = entry_of(values, words, beside=beside(row))
    name = str(values.get("name") or values.get("ref") or "")
    planned = PlannedRow(str(row.get("sheet", "")), row["row"], name, "new", fields=entry.fields, remarks=entry.remarks)
    planned.cells = cells_of(row)
    _judge(planned, [row])
    return planned


def _body_key(row: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[str, str]:
    """Appointments to one body belong together; a row that names none stands alone."""
    return str(row.get("sheet", "")), normalised(str(values.get("body") or f"row {row['row']}"))


def _planned_body(rows: list[Mapping[str, Any]], words: Words) -> PlannedRow:
    """An outside body with all its appointments; rows that are stopped or left out do not count."""
    usable = [row for row in rows if not stops(row) and not left_out(row)] or rows[:1]
    entry = body_of([row["values"] for row in usable], words, beside=[line for row in usable for line in beside(row)])
    first = usable[0]
    planned = PlannedRow(str(first.get("sheet", "")), first["row"], str(entry.fields.get("name", "")), "new")
    planned.fields, planned.remarks = entry.fields, entry.remarks
    for row in reversed(usable):
        planned.cells |= cells_of(row)
    _judge(planned, usable)
    return planned


def stops(row: Mapping[str, Any]) -> str:
    """Why a row cannot be imported, or ""."""
    wrong = [error for error in row.get("errors") or () if error.get("blocks") == "row"]
    return " ".join(filter(None, [wrong[0].get("message", ""), wrong[0].get("fix", "")])) if wrong else ""


def left_out(row: Mapping[str, Any]) -> str:
    """Why a person's answer leaves the row out, or ""."""
    decision = row.get("decision", "import")
    if isinstance(decision, Mapping):
        return f"You said that it is the same partnership as row {decision.get('join')}."
    return "" if decision in ("import", "", None) else "You chose to leave this row out."


def beside(row: Mapping[str, Any]) -> list[str]:
    """Lines that go to the comments: what somebody fixed to a cell as a comment."""
    return [f"Remark at cell {one['cell']}: {one['text']}" for one in row.get("comments") or ()]


def _judge(planned: PlannedRow, rows: list[Mapping[str, Any]]) -> None:
    """Stop or leave out what may not come in, and hold back what nobody has decided."""
    if why := left_out(rows[0]):
        planned.action, planned.why = "left_out", why
    elif why := stops(rows[0]):
        planned.action, planned.why = "stopped", why
    elif not planned.fields.get("name"):
        planned.action, planned.why = "stopped", "The row has no name. Enter the name, or leave the row out."
    elif len(planned.fields["name"]) > NAME_TOO_LONG:
        planned.action = "stopped"
        planned.why = f"The name is longer than {NAME_TOO_LONG} characters. Shorten it."
    open_questions = {ask["code"] for row in rows for ask in row.get("asks") or () if ask.get("code") in WHOLE_ROW}
    if open_questions:
        planned.fields["status"] = Status.PROPOSED
        planned.remarks.append("Comes in as proposed, because a question about the whole row is not answered yet")


def _join_doubles(planned: Iterable[PlannedRow], reading: Mapping[str, Any]) -> None:
    """A row that a person joined to another fills what the other one leaves empty."""
    homes = {(row.sheet, row.row): row for row in planned}
    for row in reading.get("rows", ()):
        decision = row.get("decision")
        if not isinstance(decision, Mapping):
            continue
        sheet = str(row.get("sheet", ""))
        joined, home = homes.get((sheet, row["row"])), homes.get((sheet, decision.get("join") or 0))
        if joined and home:
            for name, value in joined.fields.items():
                if name not in home.fields and value not in EMPTY:
                    home.fields[name] = value
                    home.cells[name] = joined.cells.get(name, {})
            home.remarks.append(f"Row {row['row']} is the same partnership: it fills what this row leaves empty")


def _stop_doubles(planned: Iterable[PlannedRow]) -> None:
    """The register holds a name, and the council's own reference, once: a later row that repeats it is stopped."""
    names: dict[str, PlannedRow] = {}
    references: dict[str, PlannedRow] = {}
    for row in planned:
        if row.action != "new":
            continue
        key, reference = normalised(row.fields["name"]), str(row.fields.get("own_reference", "")).casefold()
        if key in names:
            row.action = "stopped"
            row.why = f"Row {names[key].row} has the same name. Give this one another name, or take it out."
        elif reference and reference in references:
            # The reading asks which reference is right; until then the row comes in without one.
            row.remarks.append(
                f"Row {references[reference].row} has the same reference, so this one comes in without it"
            )
            del row.fields["own_reference"]
            names[key] = row
        else:
            names[key] = row
            if reference:
                references[reference] = row


def _join_members(planned: Iterable[PlannedRow], rows: Iterable[Mapping[str, Any]]) -> list[PlannedMember]:
    """Put the rows of a sheet of members to their partnerships."""
    by_reference: dict[str, PlannedRow] = {}
    for target in planned:
        by_reference.setdefault(normalised(target.name), target)
        if target.fields.get("own_reference"):
            by_reference[normalised(str(target.fields["own_reference"]))] = target
    joined = []
    for row in rows:
        values = row.get("values") or {}
        member = PlannedMember(str(row.get("sheet", "")), row["row"], str(values.get("organisation") or ""))
        joined.append(member)
        facts = member_of(values)
        home = by_reference.get(normalised(str(values.get("partnership_ref") or "")))
        member.why = left_out(row) or stops(row)
        if member.why:
            continue
        if facts is None:
            member.why = "The row names no organisation. Enter it, or take the row out."
        elif values.get("partnership_ref") in EMPTY:
            member.why = "It is not answered yet which partnership this member belongs to."
        elif home is None or home.action in ("stopped", "left_out"):
            member.why = f"{values['partnership_ref']} is not among the partnerships that come in."
        else:
            member.partnership = home.name
            if sector := facts.pop("sector", ""):
                home.sectors[normalised(facts["name"])] = sector
            home.fields["memberships"] = without_doubles([*home.fields.get("memberships", []), facts])
    return joined


def _titles(reading: Mapping[str, Any], planned: Iterable[PlannedRow]) -> dict[str, str]:
    """The words of each priority that the file itself explains, by code."""
    given = reading.get("lists") or {}
    used = {code for row in planned for code in row.fields.get("priorities", ())}
    parents = {code.rpartition(".")[0] for code in used} - {""}
    return {code: str(given.get(code, "")) for code in used | parents}


# --- Where each value came from -------------------------------------------------------------------


def cells_of(row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """For each register field the cell that it came from, what stood there, and the rule or answer."""
    cells: dict[str, dict[str, Any]] = {}
    for name, source in (row.get("sources") or {}).items():
        if name in GOES_TO and source:
            cells.setdefault(
                GOES_TO[name],
                {"cell": source.get("cell", ""), "raw": source.get("raw"), "rule": source.get("rule") or ""},
            )
    for mark in row.get("answered") or ():
        for name in {GOES_TO[each] for each in mark.get("fields") or () if each in GOES_TO}:
            kind = "repair" if mark.get("given_for") == "repair" else "answer"
            cells.setdefault(name, {"cell": mark.get("cell", ""), "raw": mark.get("raw")})["rule"] = kind
    return cells


# --- Against the register -------------------------------------------------------------------------


def _compare(planned: list[PlannedRow], *, year: int, choices: Mapping[str, str]) -> None:
    """Find each row in the register, and see what it would change there."""
    by_reference: dict[str, int] = {}
    by_name: dict[str, int] = {}
    for pk, reference, name in Partnership.objects.values_list("pk", "own_reference", "name"):
        by_name[normalised(name)] = pk
        if reference:
            by_reference[reference.casefold()] = pk
    taken: dict[int, PlannedRow] = {}
    for row in planned:
        if row.action != "new":
            continue
        reference = str(row.fields.get("own_reference", "")).casefold()
        key = normalised(row.fields["name"])
        found = by_reference.get(reference) or by_name.get(key)
        if found is None:
            continue
        if found in taken:
            row.action = "stopped"
            row.why = f"Row {taken[found].row} means the same entry of the register. Take one of the two out."
            continue
        if by_name.get(key, found) != found:
            row.action = "stopped"
            row.why = "Another entry of the register has this name. Correct the name or the reference."
            continue
        taken[found] = row
        row.partnership_id = found
    if taken:
        _compare_found(taken, year=year, choices=choices)


def _compare_found(rows: Mapping[int, PlannedRow], *, year: int, choices: Mapping[str, str]) -> None:
    ids = list(rows)
    entries: dict[int, Partnership] = {}
    written: dict[int, dict[str, Any]] = {}
    for chunk in chunks(ids):
        entries |= {entry.pk: entry for entry in Partnership.objects.filter(pk__in=chunk).select_related("parent")}
        earlier = ImportedRow.objects.filter(partnership_id__in=chunk, import_record__state=Import.State.COMMITTED)
        for pk, fields in earlier.order_by("pk").values_list("partnership_id", "written"):
            written.setdefault(pk, {}).update(fields)
    parts = Parts(ids)
    for pk, row in rows.items():
        entry = entries[pk]
        now = fields_of(entry, parts, year=year)
        cash = [one for one in parts.of(Contribution, entry) if one.year == year and not one.is_in_kind]
        _compare_fields(row, now, written.get(pk, {}), choices, status=entry.status)
        if len(cash) > 1 and "contribution" in row.changes | row.conflicts:
            # Which of several sums the file means is for a person to say.
            row.changes.pop("contribution", None)
            row.conflicts.pop("contribution", None)
            row.remarks.append(
                "The contribution stays: the register has several sums for this year. Change them on the entry's page"
            )
        if entry.levels_source == "assessment":
            _keep_assessed(row, choices)
        row.action = "changed" if row.changes else "same"


def _compare_fields(
    row: PlannedRow, now: Mapping[str, Any], written: Mapping[str, Any], choices: Mapping[str, str], *, status: str
) -> None:
    """Three ways: what an import wrote before, what the register says now, what the file says."""
    for name, mine in row.fields.items():
        theirs, base = now.get(name), written.get(name)
        if mine in EMPTY or alike(name, mine, theirs):
            continue
        if name == "status":
            _compare_status(row, mine, status, is_new_in_file=not alike(name, mine, base))
            continue
        if name in written and alike(name, base, mine):
            continue  # the file says what it said before: a person changed the register, and that stays
        nobody_changed_it = theirs in EMPTY or (name in written and alike(name, base, theirs))
        if nobody_changed_it or choices.get(choice_key(row, name)) == "file":
            row.changes[name] = (theirs, mine)
        else:
            row.conflicts[name] = (base, theirs, mine)


def _compare_status(row: PlannedRow, mine: str, status: str, *, is_new_in_file: bool) -> None:
    """A file moves an entry only by a move there is; anything else a person does on the entry's page."""
    if not is_new_in_file or mine == Status.PROPOSED:
        return
    if mine in Partnership.MOVES[Status(status)]:
        row.changes["status"] = (status, mine)
    else:
        is_now, becomes = Status(status).label.lower(), Status(mine).label.lower()
        row.remarks.append(
            f"The file says “{becomes}”, the register “{is_now}”: the register stays. Move the entry on its page"
        )


def _keep_assessed(row: PlannedRow, choices: Mapping[str, str]) -> None:
    """A level that an assessment set is not changed by a file, unless somebody chose the file."""
    for name in ("risk_level", "value_level"):
        if name in row.changes and choices.get(choice_key(row, name)) != "file":
            theirs, mine = row.changes.pop(name)
            row.conflicts[name] = (None, theirs, mine)


def choice_key(row: PlannedRow, name: str) -> str:
    """Under which key the choice between register and file is kept."""
    return f"{row.sheet}!{row.row}:{name}"


def alike(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a register field say the same: blanks, case of names and order of partners aside."""
    if one in EMPTY or other in EMPTY:
        return one in EMPTY and other in EMPTY
    if name == "memberships":
        return _members_key(one) == _members_key(other)
    if isinstance(one, list) and isinstance(other, list):
        return [_key(each) for each in one] == [_key(each) for each in other]
    if name in ("hours_a_month", "meetings_a_year", "contribution"):
        return Decimal(one) == Decimal(other)
    return _key(one) == _key(other)


def _members_key(members: Iterable[Mapping[str, Any]]) -> list[Any]:
    facts = ("is_lead", "standing", "represented_by")
    return sorted((normalised(one["name"]), *(str(one.get(fact) or "") for fact in facts)) for one in members)


def _key(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sorted((key, _key(each)) for key, each in value.items() if each not in (None, "", False))
    return " ".join(value.split()) if isinstance(value, str) else value
