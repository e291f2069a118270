"""What one measurement is, and how it is taken."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One thing that is timed.

    `make` prepares and returns what is timed, called once; `bare` does the same for the baseline with as little as
    possible. `most_seconds`, `most_times` (as often as the baseline) and `most_mb` are the limits it is held to;
    `None` is no limit. `rounds` times are taken and their median told.
    """

    name: str
    make: Callable[[], Callable[[], object]]
    bare: Callable[[], Callable[[], object]] | None = None
    rounds: int = 5
    most_seconds: float | None = None
    most_times: float | None = None
    most_mb: float | None = None


def median_seconds(timed: Callable[[], object], rounds: int) -> float:
    """The median of `rounds` runs, in seconds, after one that warms up when more than one is asked for."""
    if rounds > 1:
        timed()
    taken = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        timed()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
