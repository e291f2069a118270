"""Rate facts and judgements under a policy: JSON in, findings as JSON out. No database."""

import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.rules import Assessment, Finding, WrongFact, assess
from policy.model import Policy
from policy.reading import PackError, load_policy, pack_files

LARGEST_INPUT = 1_000_000  # characters
EXAMPLE = '{"facts": {"contribution_a_year": 120000}, "judgements": {"risk": {"brk-c03": "high"}}}'


class Command(BaseCommand):
    """Nothing is printed on standard output unless everything given can be used."""

    help = f"Read JSON on standard input, such as {EXAMPLE}, and print what the policy makes of it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--policy", required=True, help="a pack that comes with the register: its file name without .yaml"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        policy = _policy(options["policy"])
        facts, judgements = _given(_standard_input())
        try:
            found = assess(policy, facts, judgements)
        except WrongFact as wrong:
            raise CommandError(wrong.message) from None
        self.stdout.write(json.dumps(_shown(found), ensure_ascii=False, indent=2))


def _standard_input() -> str:
    try:
        return sys.stdin.read(LARGEST_INPUT + 1) if sys.stdin else ""
    except UnicodeDecodeError:
        raise CommandError("Write the JSON as UTF-8 text") from None


def _policy(code: str) -> Policy:
    packs = {path.stem: path for path in pack_files()}
    if code not in packs:
        raise CommandError(f"There is no policy {code}. Write one of {', '.join(packs)}")
    try:
        return load_policy(packs[code])
    except PackError as error:
        raise CommandError(f"The policy {code} cannot be used. Put these right:\n{error}") from None


def _given(text: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    if len(text) > LARGEST_INPUT:
        raise CommandError(f"Write at most {LARGEST_INPUT:,} characters of JSON")
    text = text.removeprefix("\ufeff")  # some shells put this mark before what they pipe
    if not text.strip():
        raise CommandError(f"Write JSON on standard input, such as {EXAMPLE}")
    try:
        given = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_each_key_once)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CommandError(f"This is not JSON ({where}: {error.msg}). Write it like {EXAMPLE}") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise CommandError(f"A figure is too long, or brackets stand too deep. Write it like {EXAMPLE}") from None
    _must_be_object("the input", given)
    for key in given:
        if key not in ("facts", "judgements"):
            raise CommandError(f"{key}: nothing reads this key. Write facts and judgements")
    facts = given.get("facts", {})
    judgements = given.get("judgements", {})
    _must_be_object("facts", facts)
    _must_be_object("judgements", judgements)
    for name, value in facts.items():
        if isinstance(value, (dict, list)):
            raise CommandError(f"{name}: write one value, not a list or an object")
    for scheme, judged in judgements.items():
        _must_be_object(scheme, judged)
    return facts, judgements


def _must_be_object(what: str, value: object) -> None:
    if not isinstance(value, dict):
        raise CommandError(f"{what}: write an object in braces, as in {EXAMPLE}")


def _no_number(word: str) -> NoReturn:
    raise CommandError(f"{word} is not a figure. Write a number, such as 50000")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise CommandError(f"{key}: stands twice. Write it once")
        found[key] = value
    return found


def _shown(found: Assessment) -> Mapping[str, Any]:
    return {
        scheme: {
            "criteria": [_criterion(finding) for finding in each.criteria],
            "suggested": each.suggested,
            "high_criteria": list(each.high_criteria),
            "answered": each.answered,
            "of": each.of,
        }
        for scheme, each in found.schemes.items()
    }


def _criterion(finding: Finding) -> dict[str, Any]:
    asked = f" Give the fact {finding.missing}." if finding.missing else ""
    return {
        "id": finding.id,
        "ref": finding.ref,
        "level": finding.level,
        "computed": finding.computed,
        "because": finding.because + asked,
        "nearest": finding.nearest or None,
    }
