"""What the pages of the import wizard show: steps, columns, groups of questions, rows of the preview."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from config import words as screen
from register import import_service
from register.import_forms import AnswerForm, ColumnForm, RepairForm
from register.import_mapping import EMPTY, GOES_TO, Words
from register.import_plan import WHOLE_ROW as OPEN_ROW
from register.import_plan import Plan, PlannedRow, choice_key, left_out
from register.import_words import field_label, is_question, question_title, raw_said, rule_said, value_said
from register.importing import KEEP_AS_NOTE, LEAVE_OUT, fields_of
from register.models import Import

Answers = list[dict[str, Any]]
# Questions whose one answer is a number that the reader works with, cell by cell.
NUMBER_ANSWERS = {
    "hours-days": ("How many hours is a working day here?", ("7.4", "7", "7.5"), "Another number of hours"),
    "hours-fte": ("How many hours is a full-time week here?", ("37", "36.25", "35"), "Another number of hours"),
}
USES = {
    "register": "partnerships",
    "members": "members of partnerships",
    "appointments": "appointments to outside bodies",
    "lookup lists": "lists that explain codes",
    "ignore": "left out",
    "ask": "left out unless you say otherwise",
}
# Questions of scales: answered word by word for a column, so that the question about the file falls away.
WORD_CODES = {"rating-rag", "rating-score", "scale-other"}
BY_WORD_ONLY = {"scale"}
# Questions about a column that no field fits.
WITHOUT_FIELD = {"unmapped-column", "no-heading"}
# What the reader's own options say to people.
OPTIONS = {
    "import": "Import it",
    "leave out": "Leave it out",
    "keep": "Keep it on the register",
    "keep as note": "Keep it as a note",
    "same: join": "The same: join the two rows",
    "different: keep both": "Different: keep both",
    "ended": "It has ended",
    "active": "It is active",
    "yes": "Yes, that is right",
}
# Questions about a row as a whole that have no blank: the row comes in or stays out.
WHOLE_ROW = OPEN_ROW - {"struck-out"} | {"extra-cells"}
MOST_SINGLE = 500  # more cells than this are answered by one answer for their kind


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
    becomes: ColumnForm
    ask: dict[str, Any] | None = None
    form: AnswerForm | None = None

    def answers(self) -> Answers:
        """What was chosen, as the reader takes it: what the column becomes, and the answer to the question about it."""
        found: Answers = []
        if chosen := self.becomes.said():
            found.append({"code": "column", "sheet": self.sheet, "column": self.column, **chosen})
        elif self.form is not None and self.ask is not None and (said := self.form.said()):
            found.append(file_answer(self.ask, said))
        return found


def file_answer(ask: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """An answer to a question about the whole file; a suggestion is said in full."""
    answer = {"code": ask["code"], "value": ask.get("suggest") if said.get("use_suggestion") else said.get("value")}
    if column := _column_of(ask):
        answer["column"] = column
    if ask.get("sheet"):
        answer["sheet"] = ask["sheet"]
    return answer


def _column_of(ask: Mapping[str, Any]) -> str:
    return str(ask.get("column") or (ask.get("columns") or [""])[0])


def sheet_rows(reading: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each sheet, what it is used for, where its headings stand, and why."""
    return [
        {
            "name": sheet["name"],
            "use": USES.get(sheet.get("use", ""), sheet.get("use", "")).capitalize(),
            "headings": " and ".join(f"row {row}" for row in sheet.get("header_rows") or ()).capitalize() or "None",
            "reason": _reason(sheet.get("reason", "")),
        }
        for sheet in reading.get("sheets", ())
    ]


def column_rows(record: Import, data: Any) -> list[ColumnRow]:
    """The columns in the order of the sheets, three samples each, with the questions about them."""
    reading = record.reading
    words = import_service.words_now()
    about = {(ask.get("sheet", ""), ask["column"]): ask for ask in reading.get("file_asks", ()) if ask.get("column")}
    samples = _samples(reading)
    uses = {sheet["name"]: sheet.get("use", "") for sheet in reading.get("sheets", ())}
    rows = []
    for number, column in enumerate(reading.get("columns", ())):
        sheet, letter = column.get("sheet", ""), column["column"]
        ask = about.get((sheet, letter)) or about.get(("", letter))
        heading = " ".join(str(column.get("heading") or "").split()) or "(no heading)"
        row = ColumnRow(
            sheet,
            letter,
            heading,
            samples.get((sheet, letter)) or [raw_said(text) for text in column.get("samples", ())],
            [field_label(name, words) for name in column.get("fields") or ()],
            _reason(column.get("reason", "")),
            bool(column.get("hidden")),
            _becomes(column, ask, uses.get(sheet, ""), words, data, prefix=f"becomes{number}", heading=heading),
            ask,
        )
        # What a column without a field becomes is chosen in the list of fields.
        if ask is not None and ask.get("answer") in EMPTY and ask["code"] not in WITHOUT_FIELD:
            row.form = AnswerForm(data, prefix=f"column{number}", **_file_form(ask, words))
        rows.append(row)
    return rows


def _becomes(
    column: Mapping[str, Any], ask: Mapping[str, Any] | None, use: str, words: Words, data: Any, **shown: Any
) -> ColumnForm:
    """The list from which somebody chooses what a column becomes, with what it is now."""
    choice, fields = column.get("choice"), list(column.get("fields") or ())
    now = ",".join(fields)
    if not fields:
        answered = ask.get("answer") if ask and ask["code"] in WITHOUT_FIELD else ""
        said = str(answered or choice or "")
        now = KEEP_AS_NOTE if said == "yes" or "note" in said else LEAVE_OUT if said else ""
    kinds = [names for names in fields_of(use) if words.asks(names)]
    if fields and tuple(fields) not in kinds:
        kinds.append(tuple(fields))
    return ColumnForm(
        data,
        column=column["column"],
        now=now,
        fields=_field_choices(kinds, words),
        is_chosen=bool(choice),
        **shown,
    )


def _field_choices(kinds: Iterable[tuple[str, ...]], words: Words) -> list[tuple[str, str]]:
    """The fields to choose from by their labels; where several have the same label, with what the reader calls them."""
    labels = {names: "; ".join(dict.fromkeys(field_label(name, words) for name in names)) for names in kinds}
    often = Counter(labels.values())
    choices = [
        (",".join(names), label if often[label] == 1 else f"{label}: {names[0].replace('_', ' ')}")
        for names, label in labels.items()
    ]
    return sorted(choices, key=lambda choice: choice[1].casefold())


def _reason(text: str) -> str:
    """A reason of the reader as a sentence, without the names that its fields have in code."""
    text = re.sub(r" \([a-z]+(_[a-z]+)*\)", "", text)
    return text[:1].upper() + text[1:]


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
    options = list(ask.get("options") or ())
    suggest = ask.get("suggest")
    if suggest not in EMPTY and suggest not in options:
        options.insert(0, suggest)
    labels = {str(name): field_label(str(name), words) for name in options if str(name) in GOES_TO}
    return {
        "legend": ask["question"],
        "options": options,
        "suggestion": suggest,
        "has_suggestion": suggest not in EMPTY,
        "labels": OPTIONS | labels,
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
    place: dict[str, str] = field(default_factory=dict)  # sheet and column, where the answer is for one column

    @property
    def is_open(self) -> bool:
        """Whether something still waits for an answer."""
        return bool(self.open_cells) or (self.is_file and self.ask.get("answer") in EMPTY)

    @property
    def size(self) -> str:
        """How much it is about, in words."""
        return "whole file" if self.is_file else screen.count(len(self.open_cells) or self.done, "cell")

    @property
    def question(self) -> str:
        """The question itself: that of the cells when they all ask the same, else what they are about."""
        if self.is_file:
            return str(self.ask["question"])
        if self.code in NUMBER_ANSWERS and self.open_cells:
            return self.title
        questions = {cell["question"] for cell in self.open_cells}
        return questions.pop() if len(questions) == 1 else self.title

    @property
    def heading(self) -> str:
        """What stands above the question: its kind where the question itself is that of the fields below."""
        is_asked_below = self.is_file or (len(self.open_cells) == 1 and self.code not in WORD_CODES)
        return self.title if is_asked_below or self.code in NUMBER_ANSWERS else self.question

    @property
    def with_suggestion(self) -> int:
        """In how many cells there is a suggestion; for a question about the file 1 or 0."""
        asked = [self.ask] if self.is_file else self.open_cells
        return sum(each.get("suggest") not in EMPTY for each in asked)

    @property
    def is_by_word(self) -> bool:
        """Whether it is answered word by word: "Amber" means the same in every cell of a column."""
        return self.code in WORD_CODES and bool(self.open_cells)

    def shown_cells(self, most: int) -> list[dict[str, Any]]:
        """The first cells that wait, with what stands in them and what the suggestion would make of it."""
        return [self._said_cell(cell) for cell in self.open_cells[:most]]

    def _said_cell(self, cell: Mapping[str, Any]) -> dict[str, Any]:
        suggest = cell.get("suggest")
        said = "No suggestion" if suggest in (None, "") else value_said(suggest, _first_field(cell), self.words)
        own = "" if self.code in NUMBER_ANSWERS or cell["question"] == self.question else cell["question"]
        return {
            **cell,
            "own_question": own,
            "raw_said": raw_said(cell.get("raw")),
            "suggestion_said": OPTIONS.get(str(suggest), said),
        }

    # Forms

    def forms(self, data: Any, page: Iterable[Mapping[str, Any]] | None) -> list[tuple[dict[str, Any], AnswerForm]]:
        """What is asked: each cell of a page, each word, or one answer for all."""
        if not self.is_open:
            return []
        if page is not None:
            return [(self._said_cell(cell), self._cell_form(cell, data)) for cell in page]
        if self.is_by_word:
            return [(cell, self._word_form(number, cell, data)) for number, cell in enumerate(self._by_word().values())]
        return [({}, self._form(data))]

    def _by_word(self) -> dict[str, dict[str, Any]]:
        """For each word the first cell that holds it, and how many do."""
        found: dict[str, dict[str, Any]] = {}
        for cell in self.open_cells:
            entry = found.setdefault(_word(cell), {**self._said_cell(cell), "count": 0})
            entry["count"] += 1
        return dict(sorted(found.items(), key=lambda item: -item[1]["count"]))

    def _word_form(self, number: int, cell: Mapping[str, Any], data: Any) -> AnswerForm:
        return AnswerForm(
            data,
            prefix=f"word{number}",
            legend=f"What does “{cell['raw_said']}” mean? ({screen.count(cell['count'], 'cell')})",
            options=cell.get("options") or (),
            suggestion=cell.get("suggest"),
            has_suggestion=cell.get("suggest") not in EMPTY,
            field=_first_field(cell),
            can_type=False,
            blank="Leave these cells blank for now",
        )

    def _form(self, data: Any) -> AnswerForm:
        """One answer for all."""
        if self.is_file:
            return AnswerForm(data, prefix="all", must_answer=True, **_file_form(self.ask, self.words))
        if len(self.open_cells) == 1:
            return self._cell_form(self.open_cells[0], data, must_answer=True)
        if self.code in NUMBER_ANSWERS:
            return self._number_form(data)
        options = self._common_options()
        suggested = self.with_suggestion == len(self.open_cells) and not options
        return AnswerForm(
            data,
            prefix="all",
            must_answer=True,
            legend=f"One answer for {screen.count(len(self.open_cells), 'cell')}",
            options=options,
            has_suggestion=suggested,
            suggestion="each",
            labels={"suggestion": "What is suggested for each cell"} | OPTIONS,
            field=_first_field(self.open_cells[0]),
            can_type=False,
            blank="" if self.code in WHOLE_ROW else f"Leave the {len(self.open_cells)} cells blank for now",
        )

    def _number_form(self, data: Any) -> AnswerForm:
        legend, numbers, typed = NUMBER_ANSWERS[self.code]
        form = AnswerForm(
            data,
            prefix="all",
            must_answer=True,
            legend=legend,
            options=[float(number) for number in numbers],
            labels={str(float(number)): f"{number} hours" for number in numbers},
            other=typed,
            type_label="Number of hours",
            blank=f"Leave the {len(self.open_cells)} cells blank for now",
        )
        form.fields["answer"].widget.hints = {"0": "Suggested"}
        return form

    def _common_options(self) -> list[Any]:
        """The options when all cells offer the same ones, with the suggestion when it is the same everywhere."""
        kinds = {repr(cell.get("options") or []) for cell in self.open_cells}
        options = list(self.open_cells[0].get("options") or []) if len(kinds) == 1 else []
        suggest = {repr(cell.get("suggest")): cell.get("suggest") for cell in self.open_cells}
        only = next(iter(suggest.values())) if len(suggest) == 1 else None
        return options if only in EMPTY or only in options or isinstance(only, Mapping) else [only, *options]

    def _cell_form(self, cell: Mapping[str, Any], data: Any, *, must_answer: bool = False) -> AnswerForm:
        """The answer for one cell. About a whole row there is nothing to type."""
        is_row = self.code in WHOLE_ROW
        suggest, options = cell.get("suggest"), list(cell.get("options") or ())
        return AnswerForm(
            data,
            prefix=re.sub(r"[^A-Za-z0-9]+", "-", f"{cell['sheet']}-{cell['cell']}").strip("-"),
            must_answer=must_answer,
            legend=cell["question"],
            options=options,
            suggestion=suggest,
            has_suggestion=suggest not in (None, "") and not isinstance(suggest, Mapping),
            field=_first_field(cell),
            labels=OPTIONS,
            can_type=not is_row,
            blank="" if is_row else "Leave the cell blank for now",
        )

    # Answers

    def said(
        self, act: str, shown: list[tuple[dict[str, Any], AnswerForm]], earlier: Iterable[Mapping[str, Any]]
    ) -> Answers | None:
        """What was answered, as the reader takes it; None when a form has to be corrected first."""
        if act == "again":
            return self._taken_back(earlier)
        if act == "suggestion":
            return self._suggestions()
        if sum(not form.is_valid() for _, form in shown):
            return None
        given = [(cell, said) for cell, form in shown if (said := form.said()) is not None]
        if self.is_file:
            return [file_answer(self.ask, said) for _, said in given]
        if self.is_by_word and shown and "count" in shown[0][0]:
            return self._word_answers(given, earlier) if given else []
        # One answer for all stands beside no cell of its own.
        return [answer for cell, said in given for answer in self._for_cells(cell, said)]

    def _for_cells(self, cell: dict[str, Any], said: dict[str, Any]) -> Answers:
        if cell:
            return [self._for_cell(cell, said)]
        return self._for_all(said) if len(self.open_cells) > 1 else [self._for_cell(self.open_cells[0], said)]

    def _word_answers(
        self, given: list[tuple[dict[str, Any], dict[str, Any]]], earlier: Iterable[Mapping[str, Any]]
    ) -> Answers:
        """One answer for the column: what each word means, with what was said before about other words."""
        meanings: dict[str, Any] = {}
        for answer in earlier:
            same = answer.get("code") == self.code and all(answer.get(key) == one for key, one in self.place.items())
            if same and isinstance(answer.get("value"), Mapping):
                meanings |= answer["value"]
        for cell, said in given:
            meanings[_word(cell)] = cell.get("suggest") if said.get("use_suggestion") else said.get("value")
        return [{"code": self.code, **self.place, "value": meanings}]

    def _for_all(self, said: dict[str, Any]) -> Answers:
        if self.code in NUMBER_ANSWERS and "raw" in said:
            said = {"value": _number(said["raw"])}
        if self.code in NUMBER_ANSWERS and said.get("value") is not None:
            return [{"code": self.code, **said}]
        if len(self.open_cells) > MOST_SINGLE:
            return [{"code": self.code, **self.place, **said}]
        return [self._for_cell(cell, said) for cell in self.open_cells]

    def _suggestions(self) -> Answers:
        """The suggestion of each cell that has one, or of the file's question."""
        if self.is_file:
            return [file_answer(self.ask, {"use_suggestion": True})]
        if len(self.open_cells) > MOST_SINGLE and self.with_suggestion == len(self.open_cells):
            return [{"code": self.code, **self.place, "use_suggestion": True}]
        cells = [cell for cell in self.open_cells if cell.get("suggest") not in EMPTY]
        return [self._for_cell(cell, {"use_suggestion": True}) for cell in cells]

    def _for_cell(self, cell: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
        place = {"sheet": cell["sheet"], "cell": cell["cell"]}
        return {**place, **said} if "raw" in said else {**place, "code": self.code, **said}

    def _taken_back(self, answers: Iterable[Mapping[str, Any]]) -> Answers:
        """What takes back all answers to this question."""
        column = _column_of(self.ask) if self.is_file else self.place.get("column", "")
        return [
            {**answer, "drop": True}
            for answer in answers
            if answer.get("code") == self.code and (not column or answer.get("column") in (None, "", column))
        ]


def _first_field(cell: Mapping[str, Any]) -> str:
    return str((cell.get("fields") or [""])[0])


def _word(cell: Mapping[str, Any]) -> str:
    """The word that a cell of a scale holds, as the reader knows it."""
    return str((cell.get("basis") or {}).get("word", raw_said(cell.get("raw")).casefold()))


def _number(text: str) -> Any:
    """A number as typed; anything else goes to the reader as it is, which says what is wrong."""
    try:
        return float(re.sub(r"\s*(hours?|hrs?)\s*$", "", text))
    except ValueError:
        return text


def groups_of(reading: Mapping[str, Any]) -> list[Group]:
    """All questions, those about the whole file first; answered ones stay in the list."""
    words = import_service.words_now()
    groups: dict[str, Group] = {}
    for ask in reading.get("file_asks", ()):
        if ask["code"] in BY_WORD_ONLY:
            continue
        place = _column_of(ask) or ask.get("sheet") or "file"
        title = question_title(ask["code"])
        title = f"{title}: column {_column_of(ask)}" if _column_of(ask) else title
        key = _key(ask["code"], ask.get("sheet", ""), place)
        groups[key] = Group(key, ask["code"], title, True, dict(ask), words=words)
    for row in reading.get("rows", ()):
        asks = () if left_out(row) else row.get("asks") or ()
        marks = [
            mark
            for mark in row.get("answered") or ()
            if is_question(mark.get("code", "")) and mark.get("given_for") != "repair"
        ]
        # In the order of the cells, answered or not, so that no question changes its number on the way.
        for cell in sorted((*asks, *marks), key=_column_order):
            _group_of_cell(groups, row, cell, words)
        for ask in asks:
            group = _group_of_cell(groups, row, ask, words)
            sheet, name = row.get("sheet", ""), import_service.name_of(row)
            group.open_cells.append({**ask, "sheet": sheet, "row": row["row"], "name": name})
        for mark in marks:
            _group_of_cell(groups, row, mark, words).done += 1
    return list(groups.values())


def _column_order(cell: Mapping[str, Any]) -> tuple[int, str, str]:
    """Cells of one row as they stand in the sheet: A before B, Z before AA."""
    letters = re.sub(r"[^A-Z]", "", str(cell.get("cell", "")))
    return len(letters), letters, str(cell.get("code", ""))


def _group_of_cell(groups: dict[str, Group], row: Mapping[str, Any], cell: Mapping[str, Any], words: Words) -> Group:
    """The group of a cell: by its code, for scales by column as well."""
    code, title, place = cell["code"], question_title(cell["code"]), {}
    key = _key("cells", code)
    if code in WORD_CODES:
        column = re.sub(r"\d+$", "", cell["cell"])
        place = {"sheet": row.get("sheet", ""), "column": column}
        key, title = _key("cells", code, place["sheet"], column), f"{title}: column {column}"
    return groups.setdefault(key, Group(key, code, title, words=words, place=place))


def question_key(sheet: str, cell: Mapping[str, Any]) -> str:
    """Under which address the question about a cell stands."""
    return _group_of_cell({}, {"sheet": sheet}, cell, Words()).key


def _key(*parts: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", " ".join(part for part in parts if part).lower()).strip("-") or "file"


def questions_left(groups: Iterable[Group]) -> int:
    """How many cells and questions about the file still wait."""
    return sum(1 if group.is_file else len(group.open_cells) for group in groups if group.is_open)


def answered_of(reading: Mapping[str, Any], group: Group) -> list[dict[str, Any]]:
    """The cells of a question that are answered, with what they became."""
    if group.is_file:
        return []
    return [
        {
            "cell": mark.get("cell"),
            "name": import_service.name_of(row),
            "raw": raw_said(((row.get("sources") or {}).get(_first_field(mark)) or {}).get("raw")),
            "becomes": OPTIONS.get(str(mark.get("value")))
            or value_said(mark.get("value"), _first_field(mark), group.words),
        }
        for row in reading.get("rows", ())
        for mark in row.get("answered") or ()
        if mark.get("code") == group.code and _group_of_cell({}, row, mark, group.words).key == group.key
    ]


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
    show: str


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
        "changes": ("with changes", _has_changes),
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
    return Rows(shown, filters, show)


def _has_changes(row: PlannedRow, read: Mapping[str, Any]) -> bool:
    if row.action in ("changed", "stopped") or row.conflicts or (row.action == "new" and row.remarks):
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
            reverse("register:import_question", args=[record.pk, question_key(read.get("sheet", ""), ask)])
            if record.is_open
            else ""
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
    marks = [mark for row in reading.get("rows", ()) for mark in row.get("answered") or ()]
    done = sum(is_question(mark.get("code", "")) for mark in marks)
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


def done_facts(record: Import) -> list[dict[str, str]]:
    """The strip of figures of an import that is done."""
    names = [
        ("new", "New"),
        ("changed", "Changed"),
        ("same", "The same"),
        ("stopped", "Stopped"),
        ("left_out", "Left out"),
        ("unanswered", "Still unanswered"),
    ]
    return [{"label": label, "figure": f"{record.counts.get(name, 0):,}", "sense": ""} for name, label in names]


def repair_rows(record: Import, repair: RepairForm | None, *, most: int) -> list[tuple[dict[str, Any], RepairForm]]:
    """The cells that cannot be right, each with its own form; the one that was posted keeps what was typed."""
    rows = []
    for place, cell in enumerate(import_service.wrong_cells(record.reading)[:most]):
        start = {"sheet": cell["sheet"], "cell": cell.get("cell", ""), "code": cell["code"]}
        form = RepairForm(initial=start, cell=cell.get("cell", ""))
        if repair is not None and all(repair.data.get(name) == start[name] for name in ("sheet", "cell", "code")):
            form = repair
        form.auto_id = f"fix{place}_%s"
        rows.append(({**cell, "raw_said": raw_said(cell.get("raw"))}, form))
    return rows
