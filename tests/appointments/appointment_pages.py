"""The app's pages for the role table and the browser: who may open which, and what each looks like."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import HandedOver
from accounts.permissions import PERMISSIONS
from accounts.roles import Role
from appointments.models import Appointee, Briefing
from tests.appointments.making import OFFICER, Town
from tests.factories import make_partnership, make_user, put_policy_in_force

VIEW, MANAGE = PERMISSIONS["appointments.view"], PERMISSIONS["appointments.manage"]


def _body(**more: Any) -> dict[str, Any]:
    return {"reference": Town().body.reference, **more}


def _place(*, filled: bool) -> Callable[[], dict[str, Any]]:
    def parts() -> dict[str, Any]:
        town = Town(places=1)
        place = town.appoint("Cllr A.B.") if filled else town.places()[0]
        return {"reference": town.body.reference, "place_id": place.pk}

    return parts


def _coming() -> dict[str, Any]:
    town = Town(places=1)
    town.appoint("Cllr A.B.", starts_on=date(2099, 5, 20), ends_on=None)
    return {"reference": town.body.reference, "coming_id": Appointee.objects.get().pk}


def _round(*, closed: bool = False, nomination: bool = False) -> Callable[[], dict[str, Any]]:
    def parts() -> dict[str, Any]:
        town = Town()
        found = town.round(meeting_on=timezone.localdate())
        (named,) = town.nominate(found, "Cllr A.B.")
        if closed:
            town.close(found)
        return {"slug": found.slug} | ({"nomination_id": named.pk} if nomination else {})

    return parts


def _policy() -> dict[str, Any]:
    Town()
    return {}


def _briefing() -> dict[str, Any]:
    town = make_filled()
    Briefing.write(
        town.body, meeting_on=date(2026, 12, 8), by=town.manager, from_body="The levy.\nThe new pump.",
        from_council="Villages first.", council_role="One of five councils",
    )  # fmt: skip
    return {"reference": town.body.reference, "day": "2026-12-08"}


def _public() -> dict[str, Any]:
    put_policy_in_force("redditch")
    return {}


def _handed_over() -> dict[str, Any]:
    by = make_user(Role.REGISTER_MANAGER)
    made = HandedOver.objects.create(person=make_user(), on=date(2026, 11, 2), by=by, at=timezone.now(), things=[])
    return {"user_id": made.person_id, "made_id": made.pk}


ACCESS: dict[str, tuple[frozenset[Role] | None, Callable[[], dict[str, Any]]]] = {
    "appointments:appointment_list": (VIEW, dict),
    "appointments:person_list": (VIEW, dict),
    "appointments:vacancy_list": (VIEW, dict),
    "appointments:body_list": (VIEW, dict),
    "appointments:round_list": (VIEW, dict),
    "appointments:set_rule": (MANAGE, _policy),
    "appointments:officer_review": (MANAGE, _policy),
    "appointments:add_body": (MANAGE, dict),
    "appointments:of_body": (VIEW, _body),
    "appointments:add_place": (MANAGE, _body),
    "appointments:terms": (MANAGE, _body),
    "appointments:report_back": (MANAGE, _body),  # others: who sits on it or leads it
    "appointments:write_briefing": (MANAGE, _body),
    "appointments:briefing": (VIEW, _briefing),
    "appointments:appoint": (MANAGE, _place(filled=False)),
    "appointments:propose": (PERMISSIONS["approvals.ask"], _place(filled=False)),
    "appointments:role": (MANAGE, _place(filled=True)),  # others: who sits on it or leads it
    "appointments:take_back": (MANAGE, _coming),
    "appointments:end": (MANAGE, _place(filled=True)),
    "appointments:take_place_out": (MANAGE, _place(filled=False)),
    "appointments:round_start": (MANAGE, _policy),
    "appointments:round": (VIEW, _round()),
    "appointments:round_move": (MANAGE, _round()),
    "appointments:nominations": (MANAGE, _round()),
    "appointments:nomination": (MANAGE, _round(nomination=True)),
    "appointments:nomination_take_out": (MANAGE, _round(nomination=True)),
    "appointments:outcomes": (MANAGE, _round(closed=True)),
    "accounts:hand_over": (PERMISSIONS["accounts.hand_over"], lambda: {"user_id": make_user().pk}),
    "accounts:hand_back": (PERMISSIONS["accounts.hand_over"], _handed_over),
    "reports:public_appointments": (None, _public),
    "reports:public_appointments_csv": (None, _public),
    "reports:appointments_pdf": (VIEW, dict),
    "reports:appointments_xlsx": (VIEW, dict),
    "reports:round_list_pdf": (VIEW, _round()),
    "reports:round_list_xlsx": (VIEW, _round()),
    "reports:round_schedule_pdf": (VIEW, _round()),
    "reports:round_schedule_xlsx": (VIEW, _round()),
}


def make_filled() -> Town:
    """A council with people, a vacancy, terms that ended and end soon, and somebody who left."""
    from appointments import services

    today = timezone.localdate()
    town = Town(places=3, substitutes=1, asks_consent=True)
    agreed = {"consented_on": date(2026, 4, 1)}
    town.appoint("Cllr A.B.", minute="AC 4/26", ends_on=today - timedelta(days=3), **agreed)
    leaving = town.appoint("Cllr C.D.", **agreed)
    services.end(leaving, on=date(2026, 11, 2), reason="Resigned", by=town.manager, today=date(2026, 11, 20))
    town.appoint("Cllr E.F.", ends_on=today + timedelta(days=20), **agreed)
    board = town.add("Officers’ Flood Board", rule=OFFICER)
    town.appoint("D.F.", place=town.places(board)[0], rule=OFFICER, starts_on=date(2024, 5, 1), ends_on=None)
    return town


def _look(name: str, *parts: Any) -> Callable[[], str]:
    def address() -> str:
        make_filled()
        return reverse(f"appointments:{name}", args=parts)

    return address


def _of_place(name: str, *, filled: bool = False) -> Callable[[], str]:
    def address() -> str:
        town = make_filled()
        place = next(each for each in town.places() if each.is_vacant != filled)
        return reverse(f"appointments:{name}", args=[town.body.reference, place.pk])

    return address


def _of_body(name: str) -> Callable[[], str]:
    return lambda: reverse(f"appointments:{name}", args=[make_filled().body.reference])


def _of_round(name: str, *, closed: bool = False, nomination: bool = False) -> Callable[[], str]:
    def address() -> str:
        town = make_filled()
        found = town.round(meeting_on=timezone.localdate())
        named = town.nominate(found, "Cllr A.B.", "Cllr G.H.", consented_on=date(2026, 11, 1))
        if closed:
            town.close(found)
        return reverse(f"appointments:{name}", args=[found.slug, *([named[0].pk] if nomination else [])])

    return address


def _rounds() -> str:
    _of_round("round")()
    return reverse("appointments:round_list")


def _unknown_rule() -> str:
    town = make_filled()
    town.add("Pumps and Sluices Trust", rule="")
    return reverse("appointments:set_rule")


def _hand_over() -> str:
    town = make_filled()
    person = make_user(Role.LEAD_OFFICER, name="D.F.")
    make_partnership(by=town.manager, name="Marsh Valley Mobility Partnership", lead_officer=person)
    board = town.add("Pumps and Sluices Trust")
    town.appoint("D.F.", place=town.places(board)[0], user=person)
    return reverse("accounts:hand_over", args=[person.pk])


def _public_page() -> str:
    town = Town("redditch", rule="red-appointments-members")
    town.appoint("Cllr A.B.", rule="red-appointments-members", ends_on=None, minute="EX 7/26")
    return reverse("reports:public_appointments")


MANAGER = Role.REGISTER_MANAGER
# Name, address, and who looks.
LOOKS: list[tuple[str, str | Callable[[], str], Role | None]] = [
    ("appointments", _look("appointment_list"), MANAGER),
    ("appointments-none", "/appointments/", Role.AUDITOR),
    ("appointments-people", _look("person_list"), Role.AUDITOR),
    ("vacancies", _look("vacancy_list"), MANAGER),
    ("outside-bodies", _look("body_list"), MANAGER),
    ("outside-body-add", _look("add_body"), MANAGER),
    ("appointments-of-body", _of_body("of_body"), MANAGER),
    ("place-add", _of_body("add_place"), MANAGER),
    ("body-terms", _of_body("terms"), MANAGER),
    ("report-back", _of_body("report_back"), MANAGER),
    ("briefing-write", _of_body("write_briefing"), MANAGER),
    ("briefing", lambda: reverse("appointments:briefing", kwargs=_briefing()), Role.AUDITOR),
    ("place-appoint", _of_place("appoint"), MANAGER),
    ("place-propose", _of_place("propose"), MANAGER),
    ("place-role", _of_place("role", filled=True), MANAGER),
    ("place-take-back", lambda: reverse("appointments:take_back", kwargs=_coming()), MANAGER),
    ("place-end", _of_place("end", filled=True), MANAGER),
    ("place-take-out", _of_place("take_place_out"), MANAGER),
    ("how-filled", _unknown_rule, MANAGER),
    ("officer-review", _look("officer_review"), MANAGER),
    ("rounds", _rounds, MANAGER),
    ("round-start", _look("round_start"), MANAGER),
    ("round", _of_round("round"), MANAGER),
    ("nominations", _of_round("nominations"), MANAGER),
    ("nomination", _of_round("nomination", nomination=True), MANAGER),
    ("outcomes", _of_round("outcomes", closed=True), MANAGER),
    ("hand-over", _hand_over, MANAGER),
    ("public-appointments", _public_page, None),
]

# What becomes of each form sent empty, and with nonsense in its fields.
FORMS: dict[str, tuple[Any, Any]] = {
    "appointments-people": ("taken", "taken"),
    "outside-bodies": ("taken", "taken"),
    "outside-body-add": ("refused", "refused"),
    "place-add": ("refused", "refused"),
    "body-terms": ("taken", "taken"),
    "report-back": ("refused", "refused"),
    "briefing-write": ("refused", "refused"),
    "place-appoint": ("refused", "refused"),
    "place-propose": ("refused", "refused"),
    "place-role": ("taken", "taken"),
    "place-take-back": ("refused", "taken"),
    "place-end": ("refused", "refused"),
    "place-take-out": ("refused", "taken"),
    "how-filled": ("refused", "refused"),
    "officer-review": ("refused", "refused"),
    "round-start": ("refused", "refused"),
    "nominations": ("refused", "refused"),
    "nomination": ("taken", "refused"),
    "outcomes": ("taken", "taken"),
    "hand-over": ("refused", "refused"),
}
