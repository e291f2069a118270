"""The pages of long work: who may open them, and how they are looked at in a browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from jobs.models import State
from tests.factories import make_user
from tests.jobs.making import make_job

EVERYONE = PERMISSIONS["jobs.own"]
NOBODY_ELSE: frozenset[Role] = frozenset()


def _of_another(state: State = State.WAITING) -> Callable[[], dict[str, Any]]:
    return lambda: {"number": make_job(state).pk}


# A job is its owner's alone; to a look at what is only posted to, every address answers 405.
ACCESS: dict[str, tuple[Any, ...]] = {
    "jobs:job_list": (EVERYONE,),
    "jobs:job": (NOBODY_ELSE, _of_another()),
    "jobs:cancel": (EVERYONE, _of_another()),
    "jobs:file": (NOBODY_ELSE, _of_another(State.DONE)),
}


def _officer() -> User:
    found = User.objects.filter(email="t.w@example.org").first()
    return found or make_user(Role.REGISTER_MANAGER, email="t.w@example.org", name="T.W.")


def _job(state: State, **facts: Any) -> Callable[[], str]:
    return lambda: reverse("jobs:job", args=[make_job(state, by=_officer(), **facts).pk])


def _list() -> str:
    for state in State:
        make_job(state, by=_officer(), trouble="It was begun 3 times and stopped each time")
    return "/jobs/"


def _waited_long() -> str:
    return _job(State.WAITING, at=timezone.now() - timedelta(minutes=5))()


LOOKS: list[tuple[Any, ...]] = [
    ("jobs", _list, _officer),
    ("jobs-none", "/jobs/", Role.SCRUTINY),
    ("job-running", _job(State.RUNNING, done=84, total=250, stage="partnerships"), _officer),
    ("job-waited-long", _waited_long, _officer),
    ("job-ready", _job(State.DONE), _officer),
    ("job-failed", _job(State.FAILED, trouble="Something went wrong on our side. Ask for it again"), _officer),
]
