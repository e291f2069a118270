"""Reading a policy pack: from YAML text to a `Policy`, or to errors a policy officer can act on.

Text is read in one pass that keeps the line of every key. Each error names the file, the line,
the key and what to write:

    westmarsh-2031.yaml, line 214, schemes.risk.criteria[0].limits[1].up_to: write a number of
    £ a year, such as 50000, not "50k"

Only plain YAML is read: true and false, whole and decimal numbers, words. `no` and `12:30` are
words. Aliases, anchors, tags, several documents and doubled keys are refused. No Django here.

libyaml (through PyYAML) only splits the text into events with their lines, twenty times as fast
as a parser in Python; what a word means is decided here, so PyYAML's own readings never apply.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from policy.model import STORED, Policy

PACKS = Path(__file__).parent / "packs"
LARGEST_PACK = 2_000_000  # characters; the longest of the five policies is a tenth of it
DEEPEST = 30

Path_ = tuple[str | int, ...]

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,11})\.[0-9]{1,6}")
_TOO_FEW = "of them"
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True)
class PackProblem:
    """One thing to put right in a pack: where it stands and what to write."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        where = [self.file, f"line {self.line}"] + ([self.key] if self.key else [])
        return f"{', '.join(where)}: {self.message}"


class PackError(Exception):
    """A pack that cannot be used. `problems` lists what to put right, in the order of the file."""

    def __init__(self, problems: Iterable[PackProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Pack:
    """A pack as it was read.

    `canonical` is the content as JSON, in the order of the file, without comments and layout;
    `digest` is its SHA-256, so two texts with one digest say the same.
    """

    policy: Policy
    text: str
    canonical: str
    digest: str
    name: str = "pack"
    lines: Mapping[Path_, int] = field(default_factory=dict, repr=False, compare=False)

    def problem(self, path: Path_, message: str) -> PackProblem:
        """Something to put right at these keys, with its line."""
        return PackProblem(self.name, _line_of(path, self.lines), _key(path), message)


@lru_cache(maxsize=16)
def read_pack(text: str, *, name: str = "pack") -> Pack:
    """Read a pack from its text. `name` is the file's, for errors. Raises PackError."""
    data, lines = _Reader(text, name).read()
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        raise PackError(_explain(error, data, lines, name)) from None
    canonical = canonical_form(data)
    return Pack(policy, text, canonical, digest_of(canonical), name, lines)


def read_pack_file(path: Path) -> Pack:
    """Read a pack from a file. Raises PackError, also when the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problem = PackProblem(path.name, 1, "", "save the file as UTF-8 text")
        raise PackError([problem]) from None
    except OSError as error:
        problem = PackProblem(path.name, 1, "", f"open another file: {error.strerror}")
        raise PackError([problem]) from None
    return read_pack(text, name=path.name)


def load_policy(path: Path) -> Policy:
    """The policy of a pack file. Raises PackError."""
    return read_pack_file(path).policy


def pack_files() -> list[Path]:
    """The packs that come with the register, by name."""
    return sorted(PACKS.glob("*.yaml"))


def canonical_form(data: object) -> str:
    """The content of a pack as JSON: no comments, no layout, the order of the file kept."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_number)


def digest_of(canonical: str) -> str:
    """The SHA-256 of a canonical form, as 64 hexadecimal figures."""
    return hashlib.sha256(canonical.encode()).hexdigest()


@lru_cache(maxsize=16)
def policy_from_canonical(canonical: str) -> Policy:
    """The policy of a canonical form that `read_pack` made. Raises PackError when it is none.

    It was checked when it was loaded and is not checked again, so that a published version stays readable when the
    program has become stricter.
    """
    data = _frozen(json.loads(canonical, parse_float=Decimal))
    try:
        return Policy.model_validate(data, context=STORED)
    except ValidationError as error:
        raise PackError(_explain(error, data, {}, "stored policy")) from None


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in a pack")


def _frozen(value: Any) -> Any:
    """JSON as the reader gives it: tuples for lists."""
    if isinstance(value, list):
        return tuple(_frozen(each) for each in value)
    if isinstance(value, dict):
        return {key: _frozen(each) for key, each in value.items()}
    return value


# --- Reading the text -------------------------------------------------------------------------


class _Reader:
    """One pass through the text: plain data, and the line of every key and list entry."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.lines: dict[Path_, int] = {(): 1}

    def read(self) -> tuple[Any, dict[Path_, int]]:
        if len(self.text) > LARGEST_PACK:
            raise self._problem(1, (), f"shorten the pack to {LARGEST_PACK:,} characters")
        events = self._events()
        try:
            data = self._document(events)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            line = mark.line + 1 if mark else 1
            what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML"
            message = f"check the indent, the colons and the quotes here ({what})"
            raise self._problem(line, (), message) from None
        if not isinstance(data, dict):
            raise self._problem(1, (), "start the pack with keys, such as code: my-policy")
        return data, self.lines

    def _events(self) -> Iterator[Event]:
        return yaml.parse(self.text, Loader=yaml.CSafeLoader)

    def _document(self, events: Iterator[Event]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = _line(event)
                    raise self._problem(line, (), "write one document: take the line --- out")
            elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent, AliasEvent)):
                data = self._value(event, events, ())
        return data

    def _value(self, event: Event, events: Iterator[Event], path: Path_) -> Any:
        line = _line(event)
        if isinstance(event, AliasEvent):
            raise self._problem(line, path, "write the value out here: aliases (*) are not read")
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None:
            raise self._problem(line, path, f"take &{anchor} out: anchors are not read")
        if tag is not None and str(tag) != "!":
            raise self._problem(line, path, f"take {tag} out: tags are not read")
        if len(path) > DEEPEST:
            raise self._problem(line, path, "write it less deep")
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return _scalar(event)

    def _mapping(self, events: Iterator[Event], path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            line = _line(event)
            if not isinstance(event, ScalarEvent):
                raise self._problem(line, path, "write a plain word as the key")
            key = str(event.value)
            if key in found:
                before = self.lines[(*path, key)]
                message = f"write {key} once: it stands in line {before} already"
                raise self._problem(line, (*path, key), message)
            self.lines[(*path, key)] = line
            found[key] = self._value(next(events), events, (*path, key))
        return found

    def _sequence(self, events: Iterator[Event], path: Path_) -> tuple[Any, ...]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            place = (*path, len(found))
            self.lines[place] = _line(event)
            found.append(self._value(event, events, place))
        return tuple(found)

    def _problem(self, line: int, path: Path_, message: str) -> PackError:
        return PackError([PackProblem(self.name, line, _key(path), message)])


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: Event) -> str | int | Decimal | bool | None:
    """A plain scalar as YAML 1.2 means it; anything in quotes or in a block is words."""
    text = str(getattr(event, "value", ""))
    if getattr(event, "style", None):  # quoted, or a block
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def _key(path: Path_) -> str:
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            shown += f".{step}" if shown else step
    return shown


# --- Saying what to write ---------------------------------------------------------------------


class _Found(NamedTuple):
    path: Path_
    message: str


def _explain(error: ValidationError, data: Any, lines: dict[Path_, int], name: str) -> list[PackProblem]:
    found: list[_Found] = []
    for detail in error.errors(include_url=False):
        problems = detail.get("ctx", {}).get("problems")
        if problems:
            found += [_Found(problem.path, problem.message) for problem in problems]
        else:
            path = _path_in(data, detail)
            found.append(_Found(path, _what_to_write(detail, data, path)))
    # A list whose entries are wrong is also reported as too short; the entries are what to put right.
    found = [
        each
        for each in found
        if not (
            each.message.endswith(_TOO_FEW)
            and any(other is not each and other.path[: len(each.path)] == each.path for other in found)
        )
    ]
    together: dict[Path_, list[str]] = {}
    for path, message in found:
        if message not in together.setdefault(path, []):
            together[path].append(message)
    problems = [
        PackProblem(name, _line_of(path, lines), _key(path), ", or ".join(messages))
        for path, messages in together.items()
    ]
    return sorted(problems, key=lambda problem: problem.line)


def _line_of(path: Path_, lines: Mapping[Path_, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _path_in(data: Any, detail: ErrorDetails) -> Path_:
    """The keys of an error that stand in the pack, without the model's own steps between them."""
    path: list[str | int] = []
    here: Any = data
    steps = list(detail["loc"])
    for place, step in enumerate(steps):
        if _stands_in(here, step):
            here = here[step]
            path.append(step)
        elif detail["type"] == "missing" and place == len(steps) - 1:
            path.append(step)
    return tuple(path)


def _stands_in(here: Any, step: str | int) -> bool:
    if isinstance(here, tuple):
        return isinstance(step, int) and step < len(here)
    return isinstance(here, dict) and step in here


def _what_to_write(detail: ErrorDetails, data: Any, path: Path_) -> str:  # noqa: PLR0911, PLR0912 (a table in words)
    given = _shown(detail["input"])
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "write this key: it is needed here"
        case "extra_forbidden":
            return _other_key(data, path)
        case "literal_error" | "enum":
            return f"write {_one_of(str(context['expected']))}, not {given}"
        case "is_instance_of" | "decimal_type" | "decimal_parsing" | "finite_number":
            unit = _unit_near(data, path)
            example = "50000" if unit.startswith("£") else "12"
            return f"write a number{f' of {unit}' if unit else ''}, such as {example}, not {given}"
        case "int_type" | "int_parsing" | "int_from_float":
            return f"write a whole number, such as 12, not {given}"
        case "bool_type":
            return f"write true or false, not {given}"
        case "string_type" if detail["input"] is None:
            return "write words here: it is empty"
        case "string_type" if isinstance(detail["input"], (dict, tuple)):
            return f"write words, not {given}"
        case "string_type":
            return f'write words; put quotes round a number, such as "{given}"'
        case "string_too_short":
            return "write words here: it is empty"
        case "string_too_long":
            return f"write at most {context['max_length']} characters"
        case "string_pattern_mismatch":
            return f"{_pattern_in_words(str(context['pattern']))}, not {given}"
        case "tuple_type" | "list_type":
            return f"write a list, each entry on a line of its own after a hyphen, not {given}"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"write keys and values below it, not {given}"
        case "too_short":
            return f"write at least {context['min_length']} {_TOO_FEW}"
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"write a number that fits ({detail['msg'].lower()}), not {given}"
        case _:
            return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}; it says {given}"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, str):
        return f'"{value[:60]}"'
    return "a list" if isinstance(value, tuple) else "keys and values"


def _one_of(expected: str) -> str:
    words = expected.replace("'", "")
    return f"one of {words}" if " or " in words else words


def _pattern_in_words(pattern: str) -> str:
    if pattern.startswith("^[A-Z][A-Z0-9]*(-"):
        return "write the id of a requirement row, such as BRK-C01"
    if pattern.startswith("^[a-z0-9]"):
        return "write small letters, figures and hyphens, such as brk-c01"
    if pattern.startswith("^[0-9]"):
        return 'write a version number in quotes, such as "1" or "2.1"'
    return "write capital letters and figures, such as BRK"


def _other_key(data: Any, path: Path_) -> str:
    """A key that nobody knows: offer one spelt alike."""
    key = str(path[-1]) if path else ""
    if re.fullmatch(r"[0-9]{3}", key):  # what YAML makes of 5,000 between braces
        return "write the figure before it without a comma, such as 5000, not 5,000"
    near = difflib.get_close_matches(key, _keys_known(path[:-1]), n=1)
    return f"write {near[0]} instead, or take it out" if near else "take it out: nothing reads this key"


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    return Policy.model_json_schema()


def _keys_known(path: Path_) -> list[str]:
    """The keys that may stand at a path, from the schema."""
    schema = _schema()
    definitions = schema["$defs"]

    def options(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "$ref" in part:
            yield from options(definitions[part["$ref"].rsplit("/", 1)[1]])
        elif "anyOf" in part:
            for each in part["anyOf"]:
                yield from options(each)
        else:
            yield part

    here = [schema]
    for step in path:
        below: list[dict[str, Any]] = []
        for part in (option for each in here for option in options(each)):
            if isinstance(step, int):
                below += [part["items"]] if isinstance(part.get("items"), dict) else []
            elif step in part.get("properties", {}):
                below.append(part["properties"][step])
            elif isinstance(part.get("additionalProperties"), dict):
                below.append(part["additionalProperties"])
            elif isinstance(part.get("patternProperties"), dict):
                below += part["patternProperties"].values()
        here = below
    return [key for each in here for option in options(each) for key in option.get("properties", {})]


def _unit_near(data: Any, path: Path_) -> str:
    """The unit that the pack gives closest above a key, or "" when it gives none."""
    unit = ""
    here: Any = data
    for step in path:
        if isinstance(here, dict):
            unit = here["unit"] if isinstance(here.get("unit"), str) else unit
        here = here[step]
    return unit
