"""Run every measurement and say which limit does not hold: python -m benchmarks [part of a name]."""

import importlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Measure, median_seconds

HERE = Path(__file__).parent


def measures() -> dict[str, Measure]:
    """Every measurement by its name, from the files bench_*.py."""
    found: dict[str, Measure] = {}
    for path in sorted(HERE.glob("bench_*.py")):
        module = importlib.import_module(f"benchmarks.{path.stem}")
        found |= {each.name: each for each in module.MEASURES}
    return found


def start_django() -> None:
    """A database of its own in DATA_DIR, brought up to date."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def run_one(name: str) -> None:
    """Take one measurement in this process and print it as JSON."""
    start_django()
    measure = measures()[name]
    seconds = median_seconds(measure.make(), measure.rounds)
    # A file is read in a child process: the larger of the two counts.
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    megabytes = max(peaks) / 1024
    bare = median_seconds(measure.bare(), measure.rounds) if measure.bare else None
    print(json.dumps({"seconds": seconds, "bare": bare, "megabytes": megabytes}))


def told(measure: Measure, result: dict[str, float | None]) -> tuple[str, list[str]]:
    """The line of one measurement, and the limits that it breaks."""
    seconds, bare, megabytes = result["seconds"] or 0.0, result["bare"], result["megabytes"] or 0.0
    line = f"{measure.name:<58} {seconds * 1000:>10.1f} ms {megabytes:>7.0f} MB"
    broken = []
    if bare:
        line += f"   bare {bare * 1000:>9.1f} ms   {seconds / bare:>5.2f} times"
        if measure.most_times and seconds / bare > measure.most_times:
            broken.append(f"{measure.name}: {seconds / bare:.2f} times the baseline, at most {measure.most_times}")
    if measure.most_seconds and seconds > measure.most_seconds:
        broken.append(f"{measure.name}: {seconds:.2f} s, at most {measure.most_seconds} s")
    if measure.most_mb and megabytes > measure.most_mb:
        broken.append(f"{measure.name}: {megabytes:.0f} MB, at most {measure.most_mb} MB")
    return line, broken


def main(wanted: str) -> int:
    broken: list[str] = []
    for name, measure in measures_by_name(wanted):
        with tempfile.TemporaryDirectory(prefix="register-bench-") as data:
            environment = os.environ | {"DATA_DIR": data, "HTTPS": "false"}
            command = [sys.executable, "-m", "benchmarks", "--one", name]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            broken.append(f"{name}: did not run. {done.stderr.strip().splitlines()[-1:]}")
            continue
        line, wrong = told(measure, json.loads(done.stdout.splitlines()[-1]))
        print(line, flush=True)
        broken += wrong
    for each in broken:
        print(f"Over its limit: {each}", file=sys.stderr)
    return 1 if broken else 0


def measures_by_name(wanted: str) -> list[tuple[str, Measure]]:
    with tempfile.TemporaryDirectory() as data:
        os.environ.setdefault("DATA_DIR", data)
        os.environ.setdefault("HTTPS", "false")
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        return [(name, each) for name, each in measures().items() if wanted in name]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        run_one(sys.argv[2])
    else:
        sys.exit(main(" ".join(sys.argv[1:])))
