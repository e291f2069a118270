"""A form of the policy to be filled in by hand: each question with what may be chosen and the room to write."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from assessments import questionnaires as asks
from assessments.answers import CouncilLists, Options, options_of
from assessments.reading_back import DECIDED_ELSEWHERE, lettered
from config import words
from policy.model import Policy, Question, Questionnaire, QuestionSection

# Lines to write on, for each type of answer that is written.
LINES = {"long_text": 6, "people": 4, "organisations": 4, "links": 3}
LINES_IN_A_ROW = {"long_text": 2}
MOST_BOXES = 24  # A longer list, such as all services of a council, gets a line instead.
MOST_COLUMNS = 4  # More do not fit beside each other on a page: each row is a block of lines then.
ROWS = 4
YES_NO = (("Yes", ""), ("No", ""))
SETS = {"yes_no": YES_NO, "yes_no_dont_know": (*YES_NO, ("Don’t know", ""))}
UNITS = {"money": "£", "hours": "hours a month", "hours_a_week": "hours a week"}
SHAPES = {"date": "Day, month, year", "month": "Month, year"}


@dataclass(frozen=True)
class Space:
    """One place to write or tick: its label, boxes with their hints, lines, or a table."""

    label: str = ""
    hint: str = ""
    boxes: tuple[tuple[str, str], ...] = ()
    lines: int = 0
    columns: tuple["Space", ...] = ()
    rows: int = 0

    @property
    def is_table(self) -> bool:
        """Whether its columns fit beside each other."""
        return 0 < len(self.columns) <= MOST_COLUMNS

    @property
    def each_line(self) -> range:
        """Its lines, one by one."""
        return range(self.lines)

    @property
    def numbers(self) -> range:
        """The numbers of its rows."""
        return range(1, self.rows + 1)


@dataclass(frozen=True)
class BlankQuestion:
    """A question with the spaces that belong to it; `note` says when it is asked, or who answers it."""

    text: str
    letter: str = ""
    hint: str = ""
    note: str = ""
    spaces: tuple[Space, ...] = ()

    @property
    def is_long(self) -> bool:
        """Whether it may run over a page: its rows are blocks of lines."""
        return any(space.columns and not space.is_table for space in self.spaces)


@dataclass(frozen=True)
class BlankSection:
    """A section of the form."""

    section: QuestionSection
    questions: tuple[BlankQuestion, ...]


def blank_of(policy: Policy, form: Questionnaire) -> tuple[BlankSection, ...]:
    """Every section of a form without answers. Lists that the council keeps are read as they stand."""
    lists = CouncilLists()
    return tuple(
        BlankSection(
            section, tuple(_question(policy, form, each, letter, lists) for each, letter in _asked(form, section))
        )
        for section in form.sections
    )


def _asked(form: Questionnaire, section: QuestionSection) -> list[tuple[Question, str]]:
    return lettered([each for question in form.questions_of(section) for each in (question, *question.parts)])


def _question(
    policy: Policy, form: Questionnaire, question: Question, letter: str, lists: CouncilLists
) -> BlankQuestion:
    note = _asked_when(policy, form, question, lists)
    if question.type == "decision":
        return BlankQuestion(question.text, letter, question.hint, DECIDED_ELSEWHERE)
    if question.type == "computed":
        return BlankQuestion(question.text, letter, question.hint, "Leave empty: it follows from the other answers")
    spaces = tuple(_spaces(policy, question, lists)) if asks.is_filled_in(question) else ()
    return BlankQuestion(question.text, letter, question.hint, note, spaces)


def _asked_when(policy: Policy, form: Questionnaire, question: Question, lists: CouncilLists) -> str:
    """On which answer to which question this one is asked; "" for always."""
    if question.asked_when is None:
        return ""
    other = form.by_id[question.asked_when.question]
    options = options_of(other, policy, lists)
    answers = [
        ("Yes" if each else "No") if isinstance(each, bool) else options.label(each)
        for each in question.asked_when.one_of
    ]
    return f"Answer this if you said {words.listed(answers, 'or')} to: {other.text}"


def _spaces(policy: Policy, question: Question, lists: CouncilLists) -> Iterator[Space]:
    yield _space(question, options_of(question, policy, lists))
    for each in question.beside:
        yield _space(each, options_of(each, policy, lists), _with_unit(each), each.hint)
    if question.reason != "none":
        yield Space("Why", lines=3)
    if question.evidence != "none":
        yield Space("Evidence: where it can be seen, and its date", lines=1)
    if asks.may_have_action(policy, question):
        yield Space("Action: what, who does it, and by when", lines=2)
    if question.attachment != "none" and question.type != "file":
        yield Space("Document attached: its title", lines=1)


def _space(asked: Any, options: Options, label: str = "", hint: str = "") -> Space:
    """The room that an answer of its type takes."""
    if options.columns:
        columns = tuple(
            replace(_space(column, chosen, _with_unit(column), column.hint), lines=LINES_IN_A_ROW.get(column.type, 1))
            for column, chosen in options.columns
        )
        most = getattr(asked, "max_rows", None) or ROWS
        return Space(label, hint, columns=columns, rows=max(min(ROWS, most), getattr(asked, "min_rows", 0)))
    boxes = SETS.get(asked.type) or _boxes(options)
    if boxes and len(boxes) <= MOST_BOXES:
        return Space(label, hint, boxes)
    if asked.type == "file":
        return Space("Document attached: its title", hint, lines=1)
    shape = SHAPES.get(asked.type, "")
    return Space(label or _unit(asked), ". ".join(filter(None, (hint, shape))), lines=LINES.get(asked.type, 1))


def _boxes(options: Options) -> tuple[tuple[str, str], ...]:
    hints = dict(options.hints)
    return tuple((label, hints.get(value, "")) for value, label in options.choices)


def _unit(asked: Any) -> str:
    return asked.unit or UNITS.get(asked.type, "")


def _with_unit(column: Any) -> str:
    unit = _unit(column)
    return f"{column.label} ({unit})" if unit else column.label
