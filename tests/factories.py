"""Records for tests, made by the same verbs as the pages use."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from policy.models import PolicyVersion
from policy.reading import pack_files
from register import import_service
from register.models import Contribution, Import, Partnership, Status

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
    """A pack that comes with the register, in force since 2020, or since the day after another took over."""
    text = next(path for path in pack_files() if path.stem == pack).read_text(encoding="utf-8")
    last = PolicyVersion.objects.order_by("-in_force_from").first()
    since = last.in_force_from + timedelta(days=1) if last and last.code != pack else date(2020, 1, 1)
    PolicyVersion.objects.load(text, by=None, in_force_from=since)
    return PolicyVersion.objects.get(code=pack)


def text_with_setting(text: str, setting: str, value: Any) -> str:
    """The text of a pack with one of its settings set otherwise, or added."""
    line = f"  - {{id: {setting}, standing: proposed, label: Set by a test, value: {json.dumps(value)}}}\n"
    text = re.sub(rf"(?m)^  - {{id: {setting},.*\n", "", text)
    return text.replace("\nsettings:\n", f"\nsettings:\n{line}")


def policy_with_setting(version: PolicyVersion, setting: str, value: Any) -> PolicyVersion:
    """The same policy with one of its settings set otherwise, in force from the day after."""
    code = f"{version.code}-otherwise"
    text = re.sub(r"(?m)^code: .*$", f"code: {code}", text_with_setting(version.text, setting, value))
    PolicyVersion.objects.load(text, by=None, in_force_from=version.in_force_from + timedelta(days=1))
    return PolicyVersion.objects.get(code=code)


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


def make_import(
    reading: dict[str, Any] | None = None, *, by: User | None = None, year: int = 2026, is_done: bool = False
) -> Import:
    """An upload as if `reading` had been read from its file; with `is_done` imported as well."""
    by = by or make_user(Role.ADMINISTRATOR, name="K.B.")
    reading = reading or small_reading()
    record = Import(
        file_name=reading.get("file", "register.xlsx"), digest="0" * 64, financial_year=year, uploaded_by=by
    )
    record.keep_reading(reading, seconds=0.1)
    record.save()
    if is_done:
        import_service.commit(record, by=by)
        record.refresh_from_db()
    return record


def small_reading() -> dict[str, Any]:
    """A reading of two partnerships with everything that a page of the wizard can show."""
    ask = {
        "cell": "C3",
        "fields": ["contribution"],
        "raw": "£10k-£15k",
        "code": "money-range",
        "question": "'£10k-£15k' is a range. Which figure should be recorded?",
        "options": [10000, 12500, 15000],
    }
    wrong = {
        "cell": "D3",
        "fields": ["start_date"],
        "raw": "31.04.15",
        "code": "date-invalid",
        "message": "'31.04.15' is not a date: April has 30 days.",
        "fix": "Correct the date or leave it blank.",
        "blocks": "cell",
    }
    cleaned = {"cell": "C2", "fields": ["contribution"], "raw": "£500", "value": {"contribution": 500}, "rule": "money"}
    first: dict[str, Any] = {
        "name": f"Fen Forum {next(_numbers)}",
        "contribution": 500,
        "start_date": "2014-09",
        "status": "active",
    }
    second: dict[str, Any] = {
        "name": f"Marsh Board {next(_numbers)}",
        "contribution": None,
        "start_date": None,
        "status": "active",
    }
    columns = [("A", "Partnership", "name"), ("C", "Cost (£)", "contribution"), ("D", "Since", "start_date")]
    sheet = "Register"
    return {
        "file": "register.xlsx",
        "sheets": [{"name": sheet, "use": "register", "header_rows": [1], "reason": "3 headings are known"}],
        "columns": [
            {"sheet": sheet, "column": column, "heading": heading, "fields": [field], "reason": "the heading says so"}
            for column, heading, field in columns
        ]
        + [{"sheet": sheet, "column": "E", "heading": "Cost centre", "fields": [], "reason": "no field fits"}],
        "rows": [
            {
                "sheet": sheet,
                "row": number,
                "values": values,
                "sources": {field: {"cell": f"{column}{number}", "raw": values[field]} for column, _, field in columns},
                "cleaned": [cleaned] if number == 2 else [],
                "asks": [ask] if number == 3 else [],
                "errors": [wrong] if number == 3 else [],
            }
            for number, values in enumerate((first, second), start=2)
        ],
        "file_asks": [
            {
                "code": "unmapped-column",
                "question": "Column E 'Cost centre' has no matching field. Keep it as a note or leave it out?",
                "column": "E",
                "suggest": "keep as note",
                "options": ["keep as note", "leave out"],
            }
        ],
        "file_errors": [],
        "file_warnings": [],
        "refused_answers": [],
    }
