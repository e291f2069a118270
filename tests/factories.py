"""Records for tests, made by the same verbs as the pages use."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from policy.models import PolicyVersion
from policy.reading import pack_files
from register.models import Contribution, Partnership, Status

_numbers = count(1)


def make_user(*roles: Role, email: str = "", name: str = "", **facts: Any) -> User:
    """A person who holds `roles` from 2020 on. Passwords cost time, so tests sign in by force."""
    number = next(_numbers)
    email = email or f"person{number}@example.org"
    user = User.objects.create_user(email, name=name or f"Person {number}", **facts)
    for role in roles:
        RoleAssignment.objects.create(user=user, role=role, from_on=date(2020, 1, 1))
    return user


def put_policy_in_force(pack: str = "breckland-2015") -> PolicyVersion:
    """A pack that comes with the register, in force since 2020."""
    text = next(path for path in pack_files() if path.stem == pack).read_text(encoding="utf-8")
    PolicyVersion.objects.load(text, by=None, in_force_from=date(2020, 1, 1))
    return PolicyVersion.objects.get(code=pack)


def make_partnership(*, by: User | None = None, status: Status = Status.ACTIVE, **facts: Any) -> Partnership:
    """An entry, active unless said otherwise."""
    by = by or make_user(Role.REGISTER_MANAGER)
    facts.setdefault("name", f"Partnership {next(_numbers)}")
    partnership = Partnership.propose(by=by, policy_version=facts.pop("policy_version", None), **facts)
    if status != Status.PROPOSED:
        route = {
            Status.LEAVING: [Status.ACTIVE, Status.LEAVING],
            Status.LEFT: [Status.ACTIVE, Status.LEAVING, Status.LEFT],
        }
        for step in route.get(status, [status]):
            partnership.move(step, by=by, reason="Made for a test")
    return partnership


def make_contribution(partnership: Partnership, amount: str | int, *, year: int = 2026, **facts: Any) -> Contribution:
    """What the council pays in one financial year, in £."""
    by = make_user(Role.REGISTER_MANAGER)
    row = Contribution(partnership=partnership, year=year, amount=Decimal(str(amount)), **facts)
    row.keep(by=by)
    partnership.take_figures_from_contributions(by=by)
    return row
