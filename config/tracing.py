"""Where each requirement row lives: in the packs, in the program, in the tests, or in what is still to be built.

The rows are those of docs/requirements. A row *runs* when code names it, or when it stands in a pack as an item of a
kind that some part of the register acts on (`ACTED_ON`); it is *proved* when a test or an example of a pack names it
as well. A row that stands in items of a kind in `NOT_ACTED_ON` *waits*, or runs *partly* when another item of it is
acted on.
docs/requirements-not-built.md lists rows that have no place at all, with the reason and what is planned.
"""

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from pydantic import BaseModel

from approvals.concern_rules import PURPOSE as CONCERN
from approvals.services import startable
from policy.model import Policy, Report, Route, Setting
from policy.reading import load_policy, pack_files
from reports.catalogue import is_made
from reviews.practice import PURPOSE as PRACTICE
from reviews.rules import WAYS, is_of_an_entry, is_review, route_of

ROOT = Path(__file__).parent.parent
DIGESTS = ROOT / "docs" / "requirements"
NOT_BUILT = ROOT / "docs" / "requirements-not-built.md"
OUR_PYTHON = (
    "accounts",
    "appointments",
    "approvals",
    "assessments",
    "config",
    "exits",
    "jobs",
    "policy",
    "register",
    "reports",
    "reviews",
)
SHARED = "README"  # the rows that all policies have in common

# What acts on each kind of item, and the shared rows that are kept in that way.
ACTED_ON = {
    "Policy": ("everything: one council's settings as data", "CORE-01"),
    "Role": ("labels of roles on every page; accounts give the roles", "CONF-01"),
    "Definition": ("screening", "CORE-03, CONF-02"),
    "DefinitionTest": ("screening", ""),
    "Exclusion": ("screening", "CONF-03"),
    "Significance": ("assessments mark an entry as significant", "CONF-18"),
    "SignificanceGround": ("assessments mark an entry as significant", ""),
    "ValueList": ("fields and questions offer the values", "CONF-05, CONF-06, CONF-25"),
    "Value": ("fields and questions offer the values", "CONF-09, CONF-10, DEF-10"),
    "Scale": ("questionnaires", "CONF-14"),
    "Point": ("questionnaires", ""),
    "FieldSection": ("the register's pages", ""),
    "RegisterField": ("the register: forms, list, filters, import, export", "CORE-02, CONF-04, CONF-08"),
    "Column": ("rows of a field or of a question", ""),
    "Scheme": ("assessments", "CORE-10, CONF-11"),
    "Criterion": ("assessments", ""),
    "Suggestion": ("assessments", ""),
    "Matrix": ("the risk and opportunity register of an entry", "CORE-09, CONF-12"),
    "Questionnaire": ("questionnaires", "CORE-11, CONF-13, CONF-24"),
    "QuestionSection": ("questionnaires", ""),
    "Question": ("questionnaires", ""),
    "Prompt": ("questionnaires", ""),
    "CountedResult": ("questionnaires say what the answers come to", ""),
    "Route": (
        "decisions; concerns; reviews and reports; what is done with partners",
        "CORE-13, CONF-15, DEF-07, DEF-08",
    ),
    "Step": ("decisions; concerns; reviews and reports; what is done with partners", ""),
    "Outcome": ("decisions", "CONF-16"),
    "Cycle": ("what falls due, reviews and reminders", "CORE-14, CONF-17, DEF-05, DEF-09"),
    "Exit": ("leaving: forms, controls, approval, days, lessons", "CORE-16, CONF-19, CONF-20, DEF-03, DEF-04"),
    "AppointmentRule": ("appointments: places, rounds and who fills a vacancy", "CONF-21"),
    "Check": ("the entry's page warns; requests and decisions to join are held back", ""),
    "Report": ("reports: pages, PDF and Excel of those that are made", "CORE-18, CONF-22"),
    "Wording": ("sentences of the pages", ""),
    "Setting": ("what names it in the pack; the register, for those that it knows by name", ""),
    "Visibility": ("the public pages of the register, and the pages of partners", "CONF-23, DEF-06"),
}
NOT_ACTED_ON = {  # Move a kind up, with its rows, when its part is built.
    "Route of another purpose": ("the first mapping", ""),
    "Step of another purpose": ("the first mapping", ""),
    "Report of another purpose": ("reports that are not made here yet", ""),
    "Setting of another purpose": ("the part that the setting steers", ""),
}
WORDS = {  # The policy's pages show them. Alone they carry nothing out; beside another item they hold nothing back.
    "Statement": "what carries the words out",
    "Duty": "decisions, reviews, reports and appointments, by whoever has the duty",
}
# Shared rows that are parts of the register itself, not items of a pack.
OUR_OWN = {
    "CORE-04": "register: partners",
    "CORE-05": "register: people of an entry and representatives; accounts: roles with dates",
    "CORE-06": "register: priorities and outcomes",
    "CORE-07": "register: contributions and hours",
    "CORE-08": "register: benefits",
}
# The settings that the register knows by name; any other has to be named by the part of its pack that it steers.
OBEYED = frozenset(
    {
        "change-without-decision",
        "concern-days",
        "escalation-days",
        "full-time-week-hours",
        "minutes-recorded-by",
        "policy-review-months",
        "reason-for-change",
        "spread-existing-months",
        "working-day-hours",
    }
)
# A route on which nothing is asked, and no review or report goes its way; a report that nothing makes.
ELSEWHERE = " of another purpose"
PROVES = {"Example"}  # `manage.py check` runs them
BACKGROUND = "a"  # purpose and definition: a statement that the policy's pages show is all there is to do

State = Literal["proved", "runs", "partly", "waits", "planned", "nowhere"]
STATES: tuple[State, ...] = get_args(State)


class Place(NamedTuple):
    """One place where a row lives, such as ("pack", "Question", "<pack>: <item>")."""

    sort: Literal["pack", "code", "test"]
    kind: str
    where: str


@dataclass
class Row:
    """One requirement row, where it lives, and why it waits when it does."""

    id: str
    policy: str
    group: str
    places: list[Place] = field(default_factory=list)
    planned: str = ""

    @property
    def state(self) -> State:
        """How far the row has come."""
        kinds = {place.kind for place in self.places if place.sort == "pack"}
        is_tested = any(place.sort == "test" for place in self.places)
        in_code = any(place.sort == "code" for place in self.places)
        acted_on = bool(kinds & ACTED_ON.keys()) or (self.group == BACKGROUND and "Statement" in kinds)
        if in_code or (acted_on and not kinds & NOT_ACTED_ON.keys()) or (self.is_a_check and is_tested):
            return "proved" if is_tested else "runs"
        if acted_on:
            return "partly"
        if self.planned:
            return "planned"
        return "waits" if kinds else "nowhere"

    @property
    def is_a_check(self) -> bool:
        """Whether the row is a worked check: a test is all that it asks for."""
        return self.id.startswith("CHK-")

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The parts of the register that are still to carry the row out, whole or in part."""
        if self.state not in ("partly", "waits"):
            return ()
        kinds = {place.kind for place in self.places if place.sort == "pack"}
        waiting = {NOT_ACTED_ON[kind][0] for kind in kinds & NOT_ACTED_ON.keys()}
        return tuple(sorted(waiting or {WORDS[kind] for kind in kinds & WORDS.keys()}))


class Line(NamedTuple):
    """A line of docs/requirements-not-built.md."""

    number: int
    said: str
    rows: tuple[str, ...]
    reason: str
    plan: str


class Traced(NamedTuple):
    """Every row asked for, and what has to be put right."""

    rows: list[Row]
    problems: list[str]


def trace(
    wanted: str = "", *, digests: Path = DIGESTS, not_built: Path = NOT_BUILT, packs: Iterable[Path] | None = None
) -> Traced:
    """Find where each row lives: of all policies and the shared rows, or of the one that `wanted` names."""
    rows = digest_rows(digests)
    known = Known(rows)
    policies = [load_policy(path) for path in (pack_files() if packs is None else packs)]
    problems = [*_from_packs(rows, policies), *_from_code(rows, known)]
    _from_tests(rows, known, digests)
    _from_figures(rows, known, digests)
    lines = list(lines_of(not_built, known))
    for line in lines:
        for row_id in line.rows:
            rows[row_id].planned = rows[row_id].planned or line.reason
    mine = [row for row in rows.values() if not wanted or row.policy == wanted]
    problems += [
        f"{row.id}: nothing carries this row. Build it, or list it with a reason in {not_built.name}"
        for row in mine
        if row.state == "nowhere"
    ]
    problems += _stale(lines, rows, wanted, not_built.name)
    return Traced(mine, problems)


# --- Rows and citations -----------------------------------------------------------------------


@lru_cache(maxsize=4)
def _texts(digests: Path) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(digests.glob("*.md"))}


def digest_rows(digests: Path = DIGESTS) -> dict[str, Row]:
    """Every row of the requirements by id, in order. Shared rows have no group: "" stands there."""
    rows: dict[str, Row] = {}
    for stem, text in _texts(digests).items():
        for row_id in re.findall(r"^\| *([A-Z]+-[A-Za-z0-9-]+) *\|", text, re.MULTILINE):
            group = "" if stem == SHARED else row_id.split("-")[1][0].lower()
            rows[row_id] = Row(row_id, stem, group)
    return rows


def digest_of(name: str, digests: Path = DIGESTS) -> str | None:
    """The digest that a policy's name means, by its name, its code or the prefix of its rows; None for another."""
    for stem, text in _texts(digests).items():
        if stem == SHARED:
            continue
        prefix = re.search(r"^\| *([A-Z]+)-", text, re.MULTILINE)
        if name in (stem, stem.split("-")[0], prefix and prefix[1]) or name.startswith(f"{stem.split('-')[0]}-"):
            return stem
    return None


_EXAMPLE = re.compile(r"(such as [“\"`]?|ref: \[?[\w, -]*)$")


class Known:
    """The rows there are, to read citations such as "BRK-B15, B18 and C01 to C16" by."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self.rows = rows
        prefixes = "|".join(sorted({row_id.split("-")[0] for row_id in rows}))
        short = r"[A-Z]\d*[A-Z]?\d*[a-z]?(?:-[A-Z]?\d+[a-z]?)?|\d+[a-z]?"
        self._first = re.compile(rf"(?<![\w-])(?P<prefix>{prefixes})-(?P<short>{short})(?![\w-])")
        self._next = re.compile(
            rf"(?P<join>,\s*(?:and\s+)?|\s+and\s+|\s+to\s+|\s*–\s*)(?:(?P<prefix>{prefixes})-)?(?P<short>{short})(?![\w-])"
        )

    def cited(self, text: str) -> Iterator[str]:
        """The rows that a text names, ranges written out; names that are no row come as they stand.

        An example of how to write one ("such as BRK-C01", "ref: BRK-C01") names no row.
        """
        text = re.sub(r"\s*\n[ \t]*#?[ \t]*", " ", text)
        place = 0
        while first := self._first.search(text, place):
            place = first.end()
            if _EXAMPLE.search(text[max(0, first.start() - 60) : first.start()]):
                continue
            last = first[0]
            yield last
            while match := self._next.match(text, place):
                row_id = self._meant(last, match["short"], match["prefix"])
                if row_id is None:
                    break
                yield from self._between(last, row_id) if match["join"].strip() in ("to", "–") else (row_id,)
                last, place = row_id, match.end()

    def _meant(self, last: str, short: str, prefix: str | None) -> str | None:
        """The row that a short form means after another row: of the same policy or form, unless it says another."""
        parts = [prefix] if prefix else last.split("-")
        for row_id in (f"{parts[0]}-{short}", f"{'-'.join(parts[:-1])}-{short}"):
            if row_id in self.rows:
                return row_id
        return None

    def _between(self, first: str, last: str) -> list[str]:
        """The rows after `first` up to `last`, in the order of the requirements."""
        ids = list(self.rows)
        start = ids.index(first) if first in self.rows else ids.index(last) - 1
        return ids[start + 1 : ids.index(last) + 1] or [last]


# --- Where they live --------------------------------------------------------------------------


def _from_packs(rows: dict[str, Row], policies: Iterable[Policy]) -> Iterator[str]:
    for kind, (_, shared) in (ACTED_ON | NOT_ACTED_ON).items():
        for row_id in shared.split(", ") if shared else ():
            rows[row_id].places.append(Place("pack", kind, "every pack"))
    for row_id, part in OUR_OWN.items():
        rows[row_id].places.append(Place("code", "", part))
    digested = {row_id.partition("-")[0] for row_id in rows}
    for policy in policies:
        # A council that numbers rows of its own has no digest to hold them against.
        own = f"{policy.ref_prefix}-" if policy.ref_prefix and policy.ref_prefix not in digested else None
        ways = _ways_of(policy) | policy.register_routes
        for kind, item_id, row_id in _refs_of(policy, "Policy", policy.code, ways):
            if own and row_id.startswith(own):
                continue
            if row_id not in rows:
                yield f"{policy.code}, {item_id}: there is no row {row_id} in docs/requirements"
                continue
            sort: Literal["pack", "test"] = "test" if kind in PROVES else "pack"
            rows[row_id].places.append(Place(sort, kind, f"{policy.code}: {item_id}"))


def _ways_of(policy: Policy) -> frozenset[str]:
    """The routes on which reviews, evaluations and reports of an entry go their way: those that a cycle leads to."""
    own = [cycle for cycle in policy.cycles if is_of_an_entry(cycle) and (is_review(cycle) or cycle.route)]
    return frozenset(route.id for cycle in own if (route := route_of(policy, cycle)))


def _runs(route: Route, ways: frozenset[str]) -> bool:
    """Whether something is asked on a route: a review or report of an entry, what is about the whole register, or as
    its purpose says.
    """
    return route.id in ways or route.purpose in (startable() | {CONCERN, PRACTICE}) - set(WAYS)


def _refs_of(part: object, kind: str, item_id: str, ways: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Kind of item, its id, and a row that it names. What has no id goes by what it stands in.

    `ways` are the routes on which reviews and reports go their way, and those about the whole register.
    """
    if isinstance(part, BaseModel):
        is_elsewhere = (
            kind.endswith(ELSEWHERE)
            or (isinstance(part, Route) and not _runs(part, ways))
            or (isinstance(part, Report) and not is_made(part))
            or (isinstance(part, Setting) and not (part.steers or part.id in OBEYED))
        )
        kind, item_id = type(part).__name__ + (ELSEWHERE if is_elsewhere else ""), getattr(part, "id", item_id)
        for name in type(part).model_fields:
            value = getattr(part, name)
            if name in ("ref", "limits_ref", "force_ref"):
                yield from ((kind, item_id, row_id) for row_id in value)
            else:
                yield from _refs_of(value, kind, item_id, ways)
    elif isinstance(part, dict):
        for key, each in part.items():
            yield from _refs_of(each, kind, str(key), ways)
    elif isinstance(part, tuple):
        for each in part:
            yield from _refs_of(each, kind, item_id, ways)


def _from_code(rows: dict[str, Row], known: Known) -> Iterator[str]:
    """Rows that comments and docstrings of our Python name, and those that a template names."""
    for path in _files(OUR_PYTHON, "*.py"):
        if "migrations" in path.parts or path == Path(__file__):
            continue
        for line, text in _explained(path):
            yield from _place_cited(rows, known.cited(text), "code", f"{path.relative_to(ROOT)}:{line}")
    for path in _files(("templates",), "*.html"):
        cited = known.cited(path.read_text(encoding="utf-8"))
        yield from _place_cited(rows, cited, "code", str(path.relative_to(ROOT)))


def _from_tests(rows: dict[str, Row], known: Known, digests: Path) -> None:
    """Rows that tests name. Those that hold a pack to its digest prove data, not the register."""
    no_proof = {f"test_{stem.split('-')[0]}.py" for stem in _texts(digests)}
    no_proof |= {"test_wide_enough.py", "test_tracing.py"}
    for path in _files(("tests",), "test_*.py"):
        if path.name not in no_proof:
            cited = known.cited(path.read_text(encoding="utf-8"))
            list(_place_cited(rows, cited, "test", str(path.relative_to(ROOT))))


def _place_cited(
    rows: dict[str, Row], cited: Iterable[str], sort: Literal["code", "test"], where: str
) -> Iterator[str]:
    for row_id in cited:
        if row_id in rows:
            rows[row_id].places.append(Place(sort, "", where))
        else:
            yield f"{where}: there is no row {row_id} in docs/requirements"


def _from_figures(rows: dict[str, Row], known: Known, digests: Path) -> None:
    """A figure of the README lives where the rows live that it sums up: all of them run, or it waits with them."""
    for row_id, summed_up in re.findall(r"^\| (FIG-\d+) \|.*\| ([^|]+) \|$", _texts(digests)[SHARED], re.MULTILINE):
        parts = [rows[each] for each in known.cited(summed_up) if each in rows and each != row_id]
        runs = [part for part in parts if part.state in ("proved", "runs")]
        shown = parts if len(runs) == len(parts) else [part for part in parts if part not in runs]
        rows[row_id].places += [place for part in shown for place in part.places if place.sort != "test"]


def _files(folders: Iterable[str], pattern: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob(pattern))


@lru_cache(maxsize=1000)
def _explained(path: Path) -> list[tuple[int, str]]:
    """The comments and docstrings of a file with their lines; comments on lines that follow are one."""
    text = path.read_text(encoding="utf-8")
    found = [
        (node.lineno, node.value.value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    ]
    together: dict[int, list[str]] = defaultdict(list)
    start = last = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            start = start if token.start[0] == last + 1 else token.start[0]
            last = token.start[0]
            together[start].append(token.string.lstrip("# "))
    return found + [(line, "\n".join(comments)) for line, comments in together.items()]


# --- What is not built ------------------------------------------------------------------------


def lines_of(path: Path, known: Known) -> Iterator[Line]:
    """The lines of the table: rows or a range, the reason, what is planned."""
    if not path.exists():
        return
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
        if text.startswith("|") and len(cells) == 3 and "-" in cells[0] and not set(cells[0]) <= set("-: "):
            found = tuple(known.cited(cells[0]))
            yield Line(number, cells[0], tuple(each for each in found if each in known.rows), cells[1], cells[2])


def _stale(lines: Iterable[Line], rows: Mapping[str, Row], wanted: str, name: str) -> Iterator[str]:
    for line in lines:
        known = [rows[row_id] for row_id in line.rows]
        if wanted and known and all(row.policy != wanted for row in known):
            continue
        where = f"{name}, line {line.number}"
        if not known or len(re.findall(r"[A-Z]+-", line.said)) > len(known):
            yield f"{where}: {line.said} names a row that does not exist. Take it out, or name one that does"
        elif all(row.state in ("proved", "runs") for row in known):
            yield f"{where}: {line.said} is built. Take the line out"
        if not line.reason or not line.plan:
            yield f"{where}: write the reason, and what is planned"
