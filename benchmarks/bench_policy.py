"""The policy: reading and checking every pack, and rating ten thousand entries under the first."""

import os
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from benchmarks.measure import Measure

ENTRIES = int(os.environ.get("BENCH_ENTRIES", "10000"))


def _read() -> Callable[[], object]:
    from assessments.rules import example_problems
    from policy.reading import pack_files, read_pack, read_pack_file

    def every() -> None:
        read_pack.cache_clear()
        for path in pack_files():
            if problems := list(example_problems(read_pack_file(path).policy)):
                raise SystemExit(f"{path.name}: {problems[0].message}")

    return every


def _bare_read() -> Callable[[], object]:
    """The same files as plain data, with a digest: no lines, no types, no check of what fits."""
    import hashlib
    import json

    import yaml

    from policy.reading import pack_files

    def every() -> None:
        for path in pack_files():
            data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            hashlib.sha256(json.dumps(data, default=str).encode()).hexdigest()

    return every


def _entries() -> tuple[Any, list[tuple[dict[str, Any], dict[str, dict[str, str]]]]]:
    from policy.reading import load_policy, pack_files

    random = Random(2026)  # noqa: S311  invented facts, no secret
    policy = load_policy(pack_files()[0])
    entries = []
    for _ in range(ENTRIES):
        facts = {
            "contribution_a_year": Decimal(random.randrange(250_000)),
            "hours_a_month": Decimal(random.randrange(900)) / 10,
            "priorities": Decimal(random.randrange(6)),
        }
        judged = {
            name: {each.id: random.choice(scheme.levels).id for each in scheme.criteria if each.fact is None}
            for name, scheme in policy.schemes.items()
        }
        entries.append((facts, judged))
    return policy, entries


def _rate() -> Callable[[], object]:
    from assessments.rules import assess

    policy, entries = _entries()
    return lambda: [assess(policy, facts, judged) for facts, judged in entries]


def _bare_rate() -> Callable[[], object]:
    """Each level looked up and the most frequent taken: no sentences, no check of what was given."""
    policy, entries = _entries()

    def one(facts: dict[str, Any], judged: dict[str, dict[str, str]]) -> dict[str, str]:
        suggested = {}
        for name, scheme in policy.schemes.items():
            counts: Counter[str] = Counter()
            for criterion in scheme.criteria:
                if criterion.fact is None:
                    counts[judged[name][criterion.id]] += 1
                elif (value := facts.get(criterion.fact)) is not None:
                    for limit in criterion.limits:
                        end = limit.below if limit.below is not None else limit.up_to
                        if end is None or value < end or (limit.up_to is not None and value == end):
                            counts[limit.level] += 1
                            break
            suggested[name] = counts.most_common(1)[0][0]
        return suggested

    return lambda: [one(facts, judged) for facts, judged in entries]


MEASURES = (
    Measure("policy: read and check every pack with its examples", _read, _bare_read, most_seconds=2),
    Measure(f"policy: rate {ENTRIES:,} entries", _rate, _bare_rate, most_seconds=1),
)
