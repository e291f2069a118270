"""What the pages of the import wizard show: steps, columns, groups of questions, rows of the preview."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from config import words as screen
from register import import_service
from register.import_forms import AnswerForm
from register.import_mapping import EMPTY, GOES_TO, Words
from register.import_plan import Plan, PlannedRow, choice_key
from register.import_words import field_label, question_title, raw_said, rule_said, value_said
from register.models import Import
from register.models.lists import normalised

Answers = list[dict[str, Any]]
# Questions whose one answer is a number that the reader works with, cell by cell.
NUMBER_ANSWERS = {
    "hours-days": ("Hours in a working day", ("7.4", "7", "7.5"), "Another number of hours"),
    "hours-fte": ("Hours in a full-time week", ("37", "36.25", "35"), "Another number of hours"),
}
USES = {
    "register": "partnerships",
    "members": "members of partnerships",
    "appointments": "appointments to outside bodies",
    "lookup lists": "lists that explain codes",
    "ignore": "left out",
    "ask": "left out unless you say otherwise",
}
MOST_WORDS = 12  # up to so many different words are answered one by one word, not cell by cell


# --- Steps ----------------------------------------------------------------------------------------


def steps(record: Import | None, now: str) -> list[dict[str, str]]:
    """The five steps of the wizard: those that can be gone back to are links."""
    names = [
        ("upload", "Upload"),
        ("columns", "Columns"),
        ("questions", "Questions"),
        ("preview", "Preview"),
        ("done", "Done"),
    ]
    place = [name for name, _ in names].index(now)
    rows = []
    for number, (name, title) in enumerate(names):
        state = "now" if name == now else "done" if number < place else ""
        address = ""
        if state == "done" and record is not None and record.is_open:
            page = "register:import_upload" if name == "upload" else f"register:import_{name}"
            address = reverse(page, args=[] if name == "upload" else [record.pk])
        rows.append({"words": title, "state": state, "address": address})
    return rows


# --- Columns --------------------------------------------------------------------------------------


@dataclass
class ColumnRow:
    """One column of the file: what it becomes and why, with the question about it when there is one."""

    sheet: str
    column: str
    heading: str
    samples: list[str]
    fields: list[str]
    reason: str
    is_hidden: bool
    ask: dict[str, Any] | None = None
    form: AnswerForm | None = None
    earlier: dict[str, Any] | None = None

    def answer(self) -> dict[str, Any] | None:
        """The answer as the reader takes it; None when nothing was chosen."""
        if self.form is None or self.ask is None:
            return None
        said = self.form.said()
        return None if said is None else file_answer(self.ask, said)


def file_answer(ask: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """An answer to a question about the whole file."""
    answer = {"code": ask["code"], **said}
    for name in ("column", "sheet"):
        if ask.get(name):
            answer[name] = ask[name]
    return answer


def column_rows(record: Import, data: Any) -> list[ColumnRow]:
    """The columns in the order of the sheets, three samples each, with the questions about them."""
    reading = record.reading
    words = import_service.words_now()
    about = {(ask.get("sheet", ""), ask["column"]): ask for ask in reading.get("file_asks", ()) if ask.get("column")}
    samples = _samples(reading)
    rows = []
    for number, column in enumerate(reading.get("columns", ())):
        sheet, letter = column.get("sheet", ""), column["column"]
        ask = about.get((sheet, letter)) or about.get(("", letter))
        row = ColumnRow(
            sheet,
            letter,
            " ".join(str(column.get("heading") or "").split()) or "(no heading)",
            samples.get((sheet, letter), []),
            [field_label(name, words) for name in column.get("fields") or ()],
            column.get("reason", ""),
            bool(column.get("hidden")),
            ask,
        )
        if ask is not None and ask.get("answer") in EMPTY:
            row.form = AnswerForm(data, prefix=f"column{number}", **_file_form(ask, words))
        rows.append(row)
    return rows


def _samples(reading: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Up to three different cells of each column as they stood in the file."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in reading.get("rows", ()):
        sources = [source for source in (row.get("sources") or {}).values() if source]
        cells = {source["cell"]: source.get("raw") for source in sources if source.get("cell")}
        cells |= {one["cell"]: one.get("raw") for one in row.get("asks") or () if one.get("raw") not in EMPTY}
        for cell, raw in cells.items():
            place = (row.get("sheet", ""), re.sub(r"\d+$", "", cell))
            seen = found.setdefault(place, [])
            text = raw_said(raw)
            if raw not in EMPTY and len(seen) < 3 and text not in seen:
                seen.append(text if len(text) <= 80 else text[:79] + "…")
    return found


def _file_form(ask: Mapping[str, Any], words: Words) -> dict[str, Any]:
    labels = {name: field_label(name, words) for name in ask.get("options") or () if str(name) in GOES_TO}
    return {
        "legend": ask["question"],
        "options": ask.get("options") or (),
        "suggestion": ask.get("suggest"),
        "has_suggestion": ask.get("suggest") not in EMPTY,
        "labels": labels,
        "can_type": False,
        "blank": "",
    }


# --- Questions ------------------------------------------------------------------------------------


@dataclass
class Group:
    """All cells with the same question, or one question about the whole file."""

    key: str
    code: str
    title: str
    is_file: bool = False
    ask: dict[str, Any] = field(default_factory=dict)  # the file's question
    open_cells: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0
    words: Words = field(default_factory=Words)

    @property
    def is_open_file(self) -> bool:
        return self.is_file and self.ask.get("answer") in EMPTY

    @property
    def is_open(self) -> bool:
        """Whether something still waits for an answer."""
        return bool(self.open_cells) or self.is_open_file

    @property
    def size(self) -> str:
        """How much it is about, in words."""
        return "whole file" if self.is_file else screen.count(len(self.open_cells) or self.done, "cell")

    @property
    def question(self) -> str:
        """The question itself: that of the cells when they all ask the same, else what they are about."""
        if self.is_file:
            return str(self.ask["question"])
        if self.code in NUMBER_ANSWERS:
            return f"How many hours? {NUMBER_ANSWERS[self.code][0]}"
        questions = {cell["question"] for cell in self.open_cells}
        return questions.pop() if len(questions) == 1 else self.title

    @property
    def with_suggestion(self) -> int:
        """In how many cells there is a suggestion."""
        return sum(cell.get("suggest") not in (None, "") for cell in self.open_cells)

    @property
    def by_word(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """The cells by what stands in them, when few words stand in many cells and mean the same each time."""
        found: dict[str, list[dict[str, Any]]] = {}
        for cell in self.open_cells:
            found.setdefault(normalised(raw_said(cell.get("raw"))), []).append(cell)
        same = all(len({repr(cell.get("options")) for cell in cells}) == 1 for cells in found.values())
        if len(self.open_cells) > len(found) and len(found) <= MOST_WORDS and same and not self.is_file:
            return sorted(found.items())
        return []

    # Forms

    def form(self, data: Any) -> AnswerForm:
        """One answer for all."""
        if self.is_file:
            return AnswerForm(data, prefix="all", must_answer=True, **_file_form(self.ask, self.words))
        if self.code in NUMBER_ANSWERS:
            legend, numbers, typed = NUMBER_ANSWERS[self.code]
            form = AnswerForm(
                data,
                prefix="all",
                must_answer=True,
                legend=legend,
                options=[float(number) for number in numbers],
                type_label=typed,
                blank=self._blank,
                labels={str(float(number)): f"{number} hours" for number in numbers},
            )
            form.fields["answer"].widget.hints = {"0": "Suggested"}  # type: ignore[attr-defined]
            return form
        options = self._common_options()
        suggested = self.with_suggestion == len(self.open_cells)
        return AnswerForm(
            data,
            prefix="all",
            must_answer=True,
            legend=f"One answer for {screen.count(len(self.open_cells), 'cell')}",
            options=options,
            has_suggestion=suggested and not options,
            suggestion="each",
            labels={"suggestion": "What is suggested for each cell"} | self._labels(),
            field=self._field,
            can_type=len(self.open_cells) == 1 or not options,
            blank=self._blank,
        )

    @property
    def _blank(self) -> str:
        if len(self.open_cells) == 1:
            return "Leave the cell blank for now"
        return f"Leave the {len(self.open_cells)} cells blank for now"

    @property
    def _field(self) -> str:
        fields = self.open_cells[0].get("fields") if self.open_cells else None
        return fields[0] if fields else ""

    def _labels(self) -> dict[str, str]:
        return {"import": "Import it", "leave out": "Leave it out", "keep": "Keep it on the register"}

    def _common_options(self) -> list[Any]:
        """The options when all cells offer the same ones."""
        kinds = {repr(cell.get("options") or []) for cell in self.open_cells}
        options = list(self.open_cells[0].get("options") or []) if len(kinds) == 1 and self.open_cells else []
        suggest = [cell.get("suggest") for cell in self.open_cells]
        if len({repr(one) for one in suggest}) == 1 and suggest and suggest[0] not in (None, "", *options):
            options.insert(0, suggest[0])
        return options

    def cell_form(self, cell: Mapping[str, Any], data: Any) -> AnswerForm:
        """The answer for one cell."""
        fields = cell.get("fields") or [""]
        return AnswerForm(
            data,
            prefix=f"{normalised(cell['sheet']).replace(' ', '-')}-{cell['cell']}",
            legend=cell["question"],
            options=cell.get("options") or (),
            suggestion=cell.get("suggest"),
            has_suggestion=cell.get("suggest") not in (None, ""),
            field=fields[0] if fields else "",
            labels=self._labels(),
        )

    # Answers

    def answers(self, form: AnswerForm) -> Answers:
        """What one answer for all says to the reader."""
        said = form.said()
        if said is None:
            return []
        if self.is_file:
            return [file_answer(self.ask, said)]
        if self.code in NUMBER_ANSWERS and "raw" in said:
            said = {"value": _number(said["raw"])}
        if self.code in NUMBER_ANSWERS and said.get("value") is not None:
            return [{"code": self.code, **said}]
        return [self._for_cell(cell, said) for cell in self.open_cells]

    def suggestions(self) -> Answers:
        """The suggestion of each cell that has one, or of the file's question."""
        if self.is_file:
            return [file_answer(self.ask, {"use_suggestion": True})]
        cells = [cell for cell in self.open_cells if cell.get("suggest") not in (None, "")]
        return [self._for_cell(cell, {"use_suggestion": True}) for cell in cells]

    def cell_answers(self, pairs: Iterable[tuple[Mapping[str, Any], AnswerForm]]) -> Answers:
        """The answers of the cells that were answered one by one."""
        return [self._for_cell(cell, said) for cell, form in pairs if (said := form.said()) is not None]

    def _for_cell(self, cell: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
        place = {"sheet": cell["sheet"], "cell": cell["cell"]}
        return {**place, **said} if "raw" in said else {**place, "code": self.code, **said}

    def taken_back(self, answers: Iterable[Mapping[str, Any]]) -> Answers:
        """What takes back all answers to this question."""
        wanted = {"column": self.ask.get("column"), "sheet": self.ask.get("sheet")} if self.is_file else {}
        return [
            {**answer, "drop": True}
            for answer in answers
            if answer.get("code") == self.code
            and all(answer.get(name) == value for name, value in wanted.items() if value)
        ]


def _number(text: str) -> Any:
    """A number as typed; anything else goes to the reader as it is, which says what is wrong."""
    try:
        return float(text.replace("hours", "").replace("hrs", "").strip())
    except ValueError:
        return text


def groups_of(reading: Mapping[str, Any]) -> list[Group]:
    """All questions, those about the whole file first; answered ones stay in the list."""
    words = import_service.words_now()
    groups: dict[str, Group] = {}
    for ask in reading.get("file_asks", ()):
        place = ask.get("column") or (normalised(ask["sheet"]).replace(" ", "-") if ask.get("sheet") else "file")
        key = re.sub(r"[^a-z0-9_-]+", "-", f"{ask['code']}-{place}".lower())
        title = question_title(ask["code"])
        title = f"{title}: column {ask['column']}" if ask.get("column") else title
        groups[key] = Group(key, ask["code"], title, True, dict(ask), words=words)
    for cell in import_service.unanswered(reading):
        key = f"cells-{cell['code']}"
        groups.setdefault(key, Group(key, cell["code"], question_title(cell["code"]), words=words))
        groups[key].open_cells.append(cell)
    for row in reading.get("rows", ()):
        for mark in row.get("answered") or ():
            code = mark.get("code") or ""
            if code and mark.get("given_for") != "repair":
                key = f"cells-{code}"
                groups.setdefault(key, Group(key, code, question_title(code), words=words)).done += 1
    return list(groups.values())


def questions_left(reading: Mapping[str, Any]) -> int:
    """How many cells and questions about the file still wait."""
    file_asks = sum(ask.get("answer") in EMPTY for ask in reading.get("file_asks", ()))
    return len(import_service.unanswered(reading)) + file_asks


def answered_of(reading: Mapping[str, Any], group: Group) -> list[dict[str, Any]]:
    """The cells of a question that are answered, with what they became."""
    return [
        {
            "cell": mark.get("cell"),
            "name": import_service.name_of(row),
            "raw": raw_said((row.get("sources") or {}).get((mark.get("fields") or [""])[0], {}).get("raw")),
            "becomes": value_said(mark.get("value"), (mark.get("fields") or [""])[0], group.words),
        }
        for row in reading.get("rows", ())
        for mark in row.get("answered") or ()
        if mark.get("code") == group.code and not group.is_file
    ]


def suggestion_said(cell: Mapping[str, Any]) -> str:
    """What the suggestion would make of a cell."""
    fields = cell.get("fields") or [""]
    return (
        value_said(cell.get("suggest"), fields[0] if fields else "")
        if cell.get("suggest") not in (None, "")
        else "No suggestion"
    )


# --- Preview --------------------------------------------------------------------------------------


@dataclass
class Line:
    """One cell of the preview: what it was, what it becomes, and how."""

    cell: str
    label: str
    was: str
    becomes: str
    how: str = ""
    choice: str = ""  # the key of the choice between register and file
    theirs: str = ""
    address: str = ""


@dataclass
class Rows:
    """The rows that a filter of the preview shows, and how many each filter has."""

    shown: list["ShownRow"]
    filters: list[dict[str, Any]]


STATES = {
    "new": "New",
    "changed": "Changes an entry",
    "same": "The same as in the register",
    "stopped": "Stopped",
    "left_out": "Left out",
}


def preview_rows(record: Import, plan: Plan, show: str) -> Rows:
    """The rows of the preview under one filter: changes, all, unanswered, conflicts, stopped."""
    readings = {(row.get("sheet", ""), row["row"]): row for row in record.reading.get("rows", ())}
    words = import_service.words_now()
    tests: dict[str, tuple[str, Callable[[PlannedRow, Mapping[str, Any]], bool]]] = {
        "changes": ("with changes", lambda row, read: _has_changes(row, read)),
        "all": ("all", lambda row, read: True),
        "unanswered": ("unanswered", lambda row, read: bool(read.get("asks"))),
        "conflicts": ("changed in the register since", lambda row, read: bool(row.conflicts)),
        "stopped": ("stopped or left out", lambda row, read: row.action in ("stopped", "left_out")),
    }
    show = show if show in tests else "changes"
    counts = {
        name: sum(test(row, readings.get((row.sheet, row.row), {})) for row in plan.rows)
        for name, (_, test) in tests.items()
    }
    shown = [
        ShownRow(row, readings.get((row.sheet, row.row), {}), record, words, everything=show == "all")
        for row in plan.rows
        if tests[show][1](row, readings.get((row.sheet, row.row), {}))
    ]
    filters = [
        {"key": name, "title": title, "count": counts[name], "is_now": name == show}
        for name, (title, _) in tests.items()
        if counts[name] or name in ("changes", "all", show)
    ]
    return Rows(shown, filters)


def _has_changes(row: PlannedRow, read: Mapping[str, Any]) -> bool:
    if row.action in ("changed", "stopped") or row.conflicts or row.remarks:
        return True
    return row.action == "new" and any(read.get(kind) for kind in ("cleaned", "answered", "asks", "errors"))


class ShownRow:
    """A row that is put into words only when its page is shown: a file may have ten thousand."""

    def __init__(
        self, row: PlannedRow, read: Mapping[str, Any], record: Import, words: Words, *, everything: bool
    ) -> None:
        self.planned, self.read, self.record, self.words, self.everything = row, read, record, words, everything

    @property
    def heading(self) -> str:
        return f"Row {self.planned.row}: {self.planned.name or 'no name'}"

    @property
    def sheet(self) -> str:
        return self.planned.sheet

    @property
    def state(self) -> str:
        return STATES[self.planned.action]

    @property
    def why(self) -> str:
        return self.planned.why

    @property
    def remarks(self) -> list[str]:
        return [*self.planned.remarks, *(one["message"] for one in self.read.get("warnings") or ())]

    @property
    def lines(self) -> list[Line]:
        if self.planned.action in ("changed", "same") and not self.everything:
            return _compared_lines(self.planned, self.words)
        lines = _read_lines(self.read, self.words, everything=self.everything)
        return lines + _open_lines(self.read, self.record, self.words)


def _compared_lines(row: PlannedRow, words: Words) -> list[Line]:
    """For an entry of the register: what it was, what it becomes, what a person has to choose."""
    lines = []
    for name, (was, becomes) in row.changes.items():
        cell = row.cells.get(name, {}).get("cell", "")
        lines.append(
            Line(
                cell,
                words.label(name),
                value_said(was, name, words),
                value_said(becomes, name, words),
                "The file changed it",
            )
        )
    for name, (_, theirs, mine) in row.conflicts.items():
        cell = row.cells.get(name, {}).get("cell", "")
        line = Line(cell, words.label(name), value_said(mine, name, words), value_said(theirs, name, words))
        line.how = "Changed in the register since, so the register stays unless you choose the file"
        line.choice = choice_key(row, name)
        lines.append(line)
    return lines


def _read_lines(read: Mapping[str, Any], words: Words, *, everything: bool) -> list[Line]:
    """For a new entry: the cells that were cleaned or answered, or every cell."""
    by_cell: dict[str, list[str]] = {}
    values = read.get("values") or {}
    lines: dict[str, Line] = {}
    for one in read.get("cleaned") or ():
        name = (one.get("fields") or [""])[0]
        lines[one["cell"]] = Line(
            one["cell"],
            field_label(name, words),
            raw_said(one.get("raw")),
            "; ".join(value_said(value, key, words) for key, value in one.get("value", {}).items()),
            rule_said(one.get("rule", "")),
        )
    for one in read.get("answered") or ():
        name = (one.get("fields") or [""])[0]
        source = (read.get("sources") or {}).get(name) or {}
        now = values.get(name) if name else read.get("decision")
        lines[one["cell"]] = Line(
            one["cell"],
            field_label(name, words) if name else "The row",
            raw_said(source.get("raw")),
            value_said(now, name, words),
            "Put right here" if one.get("given_for") == "repair" else "Your answer",
        )
    if everything:
        for name, source in (read.get("sources") or {}).items():
            if source and source.get("cell") and source["cell"] not in lines and values.get(name) not in EMPTY:
                by_cell.setdefault(source["cell"], []).append(name)
        for cell, names in by_cell.items():
            raw = raw_said((read["sources"][names[0]] or {}).get("raw"))
            said = "; ".join(value_said(values[name], name, words) for name in names)
            lines[cell] = Line(cell, field_label(names[0], words), raw, said, "As it stands")
    return sorted(lines.values(), key=lambda line: (len(re.sub(r"\d", "", line.cell)), line.cell))


def _open_lines(read: Mapping[str, Any], record: Import, words: Words) -> list[Line]:
    """Cells that wait for an answer, and cells that cannot be right."""
    lines = []
    for ask in read.get("asks") or ():
        name = (ask.get("fields") or [""])[0] if ask.get("fields") else ""
        address = (
            reverse("register:import_question", args=[record.pk, f"cells-{ask['code']}"]) if record.is_open else ""
        )
        lines.append(
            Line(
                ask.get("cell", ""),
                field_label(name, words) if name else "The row",
                raw_said(ask.get("raw")),
                screen.NOT_KNOWN,
                ask["question"],
                address=address,
            )
        )
    for error in read.get("errors") or ():
        name = (error.get("fields") or [""])[0]
        lines.append(
            Line(
                error.get("cell", ""),
                field_label(name, words) if name else "The row",
                raw_said(error.get("raw")),
                screen.NOT_KNOWN,
                f"{error['message']} {error.get('fix', '')}".strip(),
            )
        )
    return lines


def preview_facts(record: Import, plan: Plan) -> list[dict[str, str]]:
    """The strip of figures above the preview."""
    reading, counts = record.reading, plan.counts
    cleaned = [one for row in reading.get("rows", ()) for one in row.get("cleaned") or ()]
    open_cells = len(import_service.unanswered(reading))
    done = sum(len(row.get("answered") or ()) for row in reading.get("rows", ()))
    wrong = import_service.wrong_cells(reading)
    total = next((one["message"] for one in reading.get("file_warnings", ()) if one["code"] == "total-differs"), "")
    facts = [
        {
            "label": "New partnerships",
            "figure": f"{counts['new']:,}",
            "sense": f"of {screen.count(len(plan.rows), 'row')}",
        }
    ]
    if counts["changed"] or counts["same"]:
        facts.append({"label": "Changed", "figure": f"{counts['changed']:,}", "sense": f"{counts['same']:,} the same"})
    stopped = {"label": "Stopped rows", "figure": f"{counts['stopped']:,}", "sense": ""}
    if counts["stopped"]:
        stopped["address"] = "?show=stopped"
    if counts["left_out"]:
        stopped["sense"] = f"{counts['left_out']:,} left out by your answers"
    facts.append(stopped)
    facts.append(
        {
            "label": "Cells cleaned",
            "figure": f"{len(cleaned):,}",
            "sense": f"by {screen.count(len({one['rule'] for one in cleaned}), 'rule')}",
        }
    )
    answers = {"label": "Your answers", "figure": f"{done} of {done + open_cells}", "sense": ""}
    if open_cells:
        answers |= {"sense": f"{open_cells:,} left blank for now", "address": "?show=unanswered"}
    facts.append(answers)
    facts.append(
        {
            "label": "Cannot be right",
            "figure": f"{len(wrong):,}",
            "sense": "left empty unless put right" if wrong else "",
            **({"address": "#put-right"} if wrong else {}),
        }
    )
    if plan.contribution or total:
        facts.append(
            {
                "label": "£ a year",
                "figure": screen.money(plan.contribution),
                "sense": "differs from the sheet’s own total: see below" if total else "",
            }
        )
    if counts["members"]:
        facts.append(
            {
                "label": "Members joined",
                "figure": f"{counts['members']:,}",
                "sense": f"{counts['members_stopped']:,} stopped" if counts["members_stopped"] else "",
            }
        )
    return facts
