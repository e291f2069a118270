"""Changes of places and of the year's rounds: each opens its transaction, locks, asks, and says what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.notices import tell
from accounts.roles import Role
from appointments import rules
from appointments.models import Appointee, BodyTerms, Coming, Nomination, NominationState, Round, RoundState
from config import words
from policy.model import AppointmentRule, Policy
from policy.models import PolicyVersion
from policy.refused import Refused
from register.models import Partnership, Representative, Status
from register.services import lock

HERE = (Status.ACTIVE, Status.LEAVING, Status.OUTSIDE_BODY)  # entries on which somebody sits


@dataclass(frozen=True)
class Appointment:
    """Who takes a place, from when, for how long, and who decided it. `consulted` says who was heard before."""

    name: str
    starts_on: date
    user: User | None = None
    ends_on: date | None = None
    term: str = ""
    appointed_by: str = ""
    minute: str = ""
    consulted: str = ""
    level: str = ""
    capacity: str = ""
    agreed_roles: Sequence[str] = field(default_factory=tuple)
    role_note: str = ""
    consented_on: date | None = None
    codes_on: date | None = None
    interests: str = ""


# --- What may be done ---------------------------------------------------------------------------


def why_not_keep(partnership: Partnership, *, by: User) -> str:
    """Say why `by` cannot change who sits on this body, or ""."""
    if Role.REGISTER_MANAGER not in by.roles:
        return "A register manager keeps the appointments. Ask one of them"
    if partnership.status not in HERE:
        state = partnership.get_status_display().lower()
        return f"{partnership} is {state}, so nobody sits on it. Bring it back to the register first"
    return ""


def why_not_appoint(
    place: Representative,
    said: Appointment,
    *,
    by: User,
    policy: Policy | None,
    rule: AppointmentRule | None,
    today: date,
) -> str:
    """Say why this appointment cannot be recorded, or "" (BRK-F27, BRK-F29, BRK-E31)."""
    if problem := why_not_keep(place.partnership, by=by) or _why_not_decided(said, by=by, policy=policy, rule=rule):
        return problem
    is_freed = bool(place.ends_on and said.starts_on > today and place.ends_on < said.starts_on)
    if not place.is_vacant and not is_freed:
        return rules.too_many(str(place.partnership), places=1, people=2)
    return why_not_sit(place, said, policy=policy)


def _why_not_decided(said: Appointment, *, by: User, policy: Policy | None, rule: AppointmentRule | None) -> str:
    """Say why nobody can tell that a body decided this, or ""."""
    if said.user and said.user.pk == by.pk:
        return "You cannot record your own appointment. Ask another register manager"
    if rule and not said.minute and rule in rules.asked_rules(policy):
        body = body_label(policy, rule.by)
        return f"Enter the minute in which {body} decided it, or ask for the decision on the page of the place"
    if rule and rule.consults and not said.consulted:
        return f"Say when and how {_listed(policy, rule.consults)} were heard before {said.name} was appointed"
    return ""


def why_not_sit(
    place: Representative, said: Appointment, *, policy: Policy | None, coming: Appointee | None = None
) -> str:
    """Say why this person cannot be the next in this place, whoever decides it, or "". `coming` is their own note."""
    body = place.partnership
    if body.status not in HERE:
        return f"{body} is {body.get_status_display().lower()}, so nobody sits on it"
    if said.ends_on and said.ends_on < said.starts_on:
        return f"The term ends before it starts. Enter an end after {words.day(said.starts_on)}"
    others = Representative.objects.filter(partnership=body, is_vacant=False).exclude(pk=place.pk)
    if any(rules.plain(other.name) == rules.plain(said.name) for other in others):
        return f"{said.name} has a place on {body} already. Name somebody else"
    asked = why_not_asked(body, said.name, consented_on=said.consented_on, codes_on=said.codes_on)
    if problem := _why_not_free(place, but=coming) or asked:
        return problem
    wants_role = bool(policy and policy.appointments and policy.appointments.role_needed)
    if wants_role and not said.agreed_roles:
        return f"Select what {said.name} is to do there: the policy asks that the role is clear at the appointment"
    return ""


def _why_not_free(place: Representative, *, but: Appointee | None = None) -> str:
    before = Appointee.objects.filter(place=place, state=Coming.AGREED).first()
    if before is None or before == but:
        return ""
    return (
        f"{before.name} takes this place on {place.partnership} on {words.day(before.starts_on)}. Take that back first"
    )


def why_not_asked(body: Partnership, name: str, *, consented_on: date | None, codes_on: date | None) -> str:
    """Say what the body asks of a person and nobody has recorded, or ""."""
    asked = BodyTerms.objects.filter(partnership=body).first()
    if asked and asked.asks_consent and not consented_on:
        return f"{body} asks for consent. Enter the day on which {name} agreed to serve, then go on"
    if asked and asked.asks_codes and not codes_on:
        return f"{body} asks that its codes are acknowledged. Enter the day on which {name} did so, then go on"
    return ""


def _listed(policy: Policy | None, roles: Iterable[str]) -> str:
    return words.listed(body_label(policy, role) for role in roles)


def body_label(policy: Policy | None, role: str) -> str:
    """What the council calls a body that appoints or nominates."""
    found = policy.role(role) if policy else None
    return found.label if found else role.replace("_", " ").capitalize()


# --- Bodies and places ----------------------------------------------------------------------------


@transaction.atomic
def add_body(
    *, name: str, purpose: str, places: int, substitutes: int, rule: AppointmentRule | None, vacant_since: date,
    asks_consent: bool, asks_codes: bool, by: User, policy_version: PolicyVersion | None,
) -> Partnership:  # fmt: skip
    """Put an outside body on the register with its places, all vacant (BRK-I10, BRK-A17). Raises Refused."""
    Partnership.objects.select_for_update().order_by("-pk").first()  # whoever comes second waits here
    if Partnership.objects.filter(name__iexact=name).exists():
        raise Refused("An entry of this name is already on the register. Open it, or give this one another name")
    body = Partnership.propose(
        by=by, policy_version=policy_version, name=name, purpose=purpose, reason="Outside body added"
    )
    body.move(Status.OUTSIDE_BODY, by=by, reason="An outside body to which the council sends people")
    BodyTerms(partnership=body, asks_consent=asks_consent, asks_codes=asks_codes).keep(by=by, reason="Added")
    for number in range(places + substitutes):
        _new_place(body, is_substitute=number >= places, rule=rule, vacant_since=vacant_since, by=by)
    body.follow_rows(by=by, reason="Places added")
    return body


@transaction.atomic
def set_terms(body: Partnership, *, asks_consent: bool, asks_codes: bool, note: str, by: User) -> None:
    """Say what a body asks of the people who are sent to it. Raises Refused."""
    body = lock(body)
    if problem := why_not_keep(body, by=by):
        raise Refused(problem)
    terms = BodyTerms.objects.filter(partnership=body).first() or BodyTerms(partnership=body)
    terms.asks_consent, terms.asks_codes, terms.note = asks_consent, asks_codes, note
    terms.keep(by=by, reason="What the body asks for")


@transaction.atomic
def add_place(
    body: Partnership, *, is_substitute: bool, rule: AppointmentRule | None, vacant_since: date, by: User
) -> Representative:
    """Add a vacant place. Raises Refused."""
    body = lock(body)
    if problem := why_not_keep(body, by=by):
        raise Refused(problem)
    place = _new_place(body, is_substitute=is_substitute, rule=rule, vacant_since=vacant_since, by=by)
    body.follow_rows(by=by, reason="A place added")
    return place


def _new_place(
    body: Partnership, *, is_substitute: bool, rule: AppointmentRule | None, vacant_since: date, by: User
) -> Representative:
    place = Representative(
        partnership=body,
        is_vacant=True,
        vacant_since=vacant_since,
        is_substitute=is_substitute,
        rule=rule.id if rule else "",
        term=(rule.term or "") if rule else "",
    )
    place.keep(by=by, reason="Place added")
    return place


@transaction.atomic
def take_place_out(place: Representative, *, by: User, reason: str) -> None:
    """Take a vacant place out; its history stays. Raises Refused."""
    place = locked(place)
    if problem := why_not_keep(place.partnership, by=by):
        raise Refused(problem)
    if not place.is_vacant:
        raise Refused(f"{place.name} sits in this place. End the appointment first, then take the place out")
    place.take_out(by=by, reason=reason)
    place.partnership.follow_rows(by=by, reason=reason)


@transaction.atomic
def set_rule(places: Sequence[Representative], rule: AppointmentRule, *, by: User) -> int:
    """Say by which rule of the policy places are filled; answers how many changed."""
    changed = 0
    for place in map(locked, places):
        if problem := why_not_keep(place.partnership, by=by):
            raise Refused(problem)
        if place.rule != rule.id:
            place.rule, place.term = rule.id, place.term or rule.term or ""
            place.keep(by=by, reason=f"Filled as: {rule.title}")
            changed += 1
    return changed


# --- People in places -----------------------------------------------------------------------------


@transaction.atomic
def appoint(
    place: Representative,
    said: Appointment,
    *,
    by: User,
    policy: Policy | None,
    rule: AppointmentRule | None,
    today: date,
) -> Representative:
    """Put a person into a vacant place (BRK-F25 to F27); on a day to come, they are noted and begin by themselves.

    Raises Refused, having changed nothing.
    """
    place = locked(place)
    if problem := why_not_appoint(place, said, by=by, policy=policy, rule=rule, today=today):
        raise Refused(problem)
    said = replace(said, level=said.level or rules.level_for(policy, rule))
    if said.starts_on > today:
        names = [each.name for each in fields(said) if each.name not in ("role_note", "term")]
        coming = Appointee(
            partnership=place.partnership, place=place, state=Coming.AGREED, rule=rule.id if rule else "",
            arranged_by=by, **{name: getattr(said, name) for name in names},
        )  # fmt: skip
        coming.keep(by=by, reason=_appointed(said))
    else:
        seat(place, said, rule=rule, by=by)
    return place


def seat(place: Representative, said: Appointment, *, rule: AppointmentRule | None, by: User) -> None:
    """Write who sits in a place that is held by `locked`, and tell them; whoever sat there has left the day before.

    Raises Refused where the two days do not fit.
    """
    _seat(place, said, rule=rule)
    _keep(place, by=by, reason=_appointed(said))
    _tell(place)


def _tell(place: Representative) -> None:
    """Whoever takes a place hears of it, and where their role and the council’s part stand (BRK-E31, BRK-E33)."""
    if place.user is not None:
        tell(
            [place.user],
            key=f"seated:{place.pk}:{place.starts_on}",
            subject=f"You sit on {place.partnership} for the council",
            lines=[
                f"From {words.day(place.starts_on)}. Its page says what you do there and what the council’s part is."
            ],
            path=reverse("appointments:of_body", args=[place.partnership.reference]),
        )


@transaction.atomic
def begin(coming: Appointee, *, on: date) -> str:
    """Let somebody who was appointed from a day to come take their place; answers why they cannot, or "".

    Nothing is lost where they cannot: it is noted with them, and the place stays as it is.
    """
    coming = Appointee.objects.select_for_update(of=("self",)).select_related("user", "arranged_by").get(pk=coming.pk)
    if coming.state != Coming.AGREED or coming.starts_on is None or coming.starts_on > on:
        return ""
    problem = "The place was taken out meanwhile"
    if coming.place is not None:
        place = locked(coming.place)
        version = PolicyVersion.objects.defer("text", "canonical").in_force(on)
        found = next(
            (each for each in rules.rules_of(version.policy if version else None) if each.id == coming.rule), None
        )
        said = said_of(coming, starts_on=coming.starts_on)
        problem = why_not_sit(place, said, policy=None, coming=coming)
        if not problem:
            coming.state = Coming.SEATED
            coming.keep(by=coming.arranged_by, reason="Began on its day")
            seat(place, said, rule=found, by=coming.arranged_by)
            return ""
    coming.state = Coming.DROPPED
    coming.keep(by=coming.arranged_by, reason=problem)
    return problem


def said_of(coming: Appointee, *, starts_on: date) -> Appointment:
    """What was said about somebody who is to take a place, as the place takes it."""
    names = {each.name for each in fields(Appointment)} - {"role_note", "term", "starts_on"}
    return Appointment(starts_on=starts_on, **{name: getattr(coming, name) for name in names})


@transaction.atomic
def take_back(coming: Appointee, *, by: User, reason: str) -> None:
    """Take back an appointment that has not begun. Raises Refused."""
    locked(coming.place) if coming.place else lock(coming.partnership)
    coming = Appointee.objects.select_for_update(of=("self",)).select_related("partnership").get(pk=coming.pk)
    if problem := why_not_keep(coming.partnership, by=by):
        raise Refused(problem)
    if coming.state != Coming.AGREED:
        raise Refused(f"{coming.name} is no longer to come. The page of {coming.partnership} says who sits there")
    coming.state = Coming.DROPPED
    coming.keep(by=by, reason=reason)


def has_role(place: Representative) -> bool:
    """Whether somebody has said what the person in a place does there."""
    return bool(place.agreed_roles or place.role_note)


@transaction.atomic
def make_role_clear(place: Representative, facts: Mapping[str, Any], *, by: User) -> Representative:
    """Note in which capacity somebody sits there and what they do (BRK-F29; RED-E43, RED-E45). Raises Refused."""
    place = locked(place)
    if place.is_vacant:
        raise Refused("This place is vacant meanwhile. Open the body again")
    place.capacity = facts.get("capacity", place.capacity)
    place.agreed_roles = list(facts.get("agreed_roles", place.agreed_roles))
    place.role_note = facts.get("role_note", place.role_note)
    _keep(place, by=by, reason="The role is made clear")
    return place


def _appointed(said: Appointment) -> str:
    told = f"Appointed by {said.appointed_by}" if said.appointed_by else "Appointed"
    told += f", minute {said.minute}" if said.minute else ""
    return f"{told}. {said.consulted}" if said.consulted else told


def _seat(place: Representative, said: Appointment, *, rule: AppointmentRule | None) -> None:
    place.is_vacant, place.vacant_since = False, None
    place.name, place.user = said.name, said.user
    place.starts_on, place.ends_on = said.starts_on, said.ends_on
    place.term = said.term or (rule.term if rule else "") or place.term
    if rule and rule.term and not place.rule:  # filling a vacancy for the rest of a term changes no place
        place.rule = rule.id
    place.appointed_by, place.minute = said.appointed_by, said.minute
    place.level = said.level or place.level
    place.capacity = said.capacity
    place.agreed_roles, place.role_note = list(said.agreed_roles), said.role_note
    place.consented_on, place.codes_on, place.interests = said.consented_on, said.codes_on, said.interests
    place.reviewed_on = None


def _keep(place: Representative, *, by: User, reason: str) -> None:
    try:
        place.validate_constraints()
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages)) from problem
    place.keep(by=by, reason=reason)
    place.partnership.follow_rows(by=by, reason=reason)


def why_not_end(place: Representative, *, on: date, by: User, today: date) -> str:
    """Say why the appointment cannot end on this day, or ""."""
    if problem := why_not_keep(place.partnership, by=by):
        return problem
    if place.is_vacant:
        return "This place is vacant already. Its page shows since when"
    if place.starts_on and on < place.starts_on:
        return f"{place.name} took the place on {words.day(place.starts_on)}. Enter that day or a later one"
    if on > today:
        return f"Record the end on or after the day itself, {words.day(on)}"
    return ""


@transaction.atomic
def end(place: Representative, *, on: date, reason: str, by: User, today: date) -> Representative:
    """End an appointment: somebody resigned or left; the place is vacant from that day (BRK-F27). Raises Refused."""
    place = locked(place)
    if problem := why_not_end(place, on=on, by=by, today=today):
        raise Refused(problem)
    _empty(place, on=on)
    _keep(place, by=by, reason=reason)
    return place


@transaction.atomic
def hand_on(place: Representative, to: Appointment | None, *, on: date, reason: str, by: User) -> None:
    """Pass a place on in a handover: to somebody with the same term and role, or to nobody. Raises Refused."""
    place = locked(place)
    if place.is_vacant or (place.starts_on and on < place.starts_on):
        since = words.day(place.starts_on)
        raise Refused(
            f"{place.name or 'Nobody'} holds the place on {place.partnership} since {since}. Enter a later day"
        )
    term, level = place.term, place.level
    if to is not None and any(
        rules.plain(each.name) == rules.plain(to.name)
        for each in Representative.objects.filter(partnership=place.partnership, is_vacant=False).exclude(pk=place.pk)
    ):
        raise Refused(f"{to.name} has a place on {place.partnership} already. Choose somebody else for it")
    if to is not None and (
        asked := why_not_asked(place.partnership, to.name, consented_on=to.consented_on, codes_on=to.codes_on)
    ):
        raise Refused(f"{asked}. Leave this place out, end the appointment and appoint {to.name}")
    _empty(place, on=on)
    _keep(place, by=by, reason=f"Handed over: {reason}")
    if to is not None:
        _seat(place, to, rule=None)
        place.term, place.level = term, level
        _keep(place, by=by, reason=f"Handed over: {reason}")


def _empty(place: Representative, *, on: date) -> None:
    place.is_vacant, place.vacant_since = True, on
    place.name, place.user = "", None
    place.starts_on = place.ends_on = place.consented_on = place.codes_on = place.reviewed_on = None
    place.appointed_by = place.minute = place.interests = place.role_note = place.capacity = ""
    place.agreed_roles = []


@transaction.atomic
def confirm(places: Sequence[Representative], *, on: date, by: User) -> int:
    """Note that these people should go on in their places (BRK-F28: officers, once a year); answers how many."""
    for place in map(locked, places):
        if problem := why_not_keep(place.partnership, by=by):
            raise Refused(problem)
        if place.is_vacant:
            raise Refused(f"The place on {place.partnership} is vacant meanwhile. Open the page again")
        place.reviewed_on = on
        place.keep(by=by, reason="Looked at in the yearly review of representation: goes on")
    return len(places)


def locked(place: Representative) -> Representative:
    """The place as it stands now; its entry is held first, in the order in which everything else locks."""
    partnership = lock(place)
    try:
        found = Representative.objects.select_for_update(of=("self",)).get(pk=place.pk)
    except Representative.DoesNotExist as gone:
        raise Refused("Somebody took this place out meanwhile. Open the body again") from gone
    found.partnership = partnership
    return found


# --- Rounds ---------------------------------------------------------------------------------------


@transaction.atomic
def start_round(
    rule: AppointmentRule, *, version: PolicyVersion, meeting_on: date, nominations_by: date | None, by: User
) -> Round:
    """Open the round of a meeting. Raises Refused."""
    if nominations_by and nominations_by > meeting_on:
        raise Refused("Nominations must close before the meeting. Enter an earlier day")
    return Round.start(rule, version=version, meeting_on=meeting_on, nominations_by=nominations_by, by=by)


@transaction.atomic
def move_round(found: Round, to: RoundState, *, by: User, reason: str, on: date) -> Round:
    """Move a round on: list sent, nominations closed, called off. Raises Refused."""
    found = Round.objects.select_for_update().get(pk=found.pk)
    if to == RoundState.SENT and found.sent_on is None:
        found.sent_on = on
    found.move(to, by=by, reason=reason)
    return found


@transaction.atomic
def nominate(found: Round, named: Sequence[rules.Named], bodies: Mapping[str, Partnership], *, by: User) -> int:
    """Take nominations into a round; answers how many. Raises Refused, having taken none."""
    found = Round.objects.select_for_update().get(pk=found.pk)
    if found.state not in (RoundState.OPEN, RoundState.SENT):
        raise Refused("Nominations are closed. Open them again to take another")
    there = {(each.partnership_id, rules.plain(each.name)) for each in found.nominations.all()}
    for one in named:
        body = bodies.get(one.body)
        if body is None:
            raise Refused(f"No body of this round is called “{one.body}”. Choose one of its list")
        if (body.pk, rules.plain(one.person)) in there:
            raise Refused(f"{one.person} is named for {body} already. Take the line out")
        there.add((body.pk, rules.plain(one.person)))
        Nomination(round=found, partnership=body, name=one.person, named_by=one.by).keep(by=by, reason="Named")
    return len(named)


@transaction.atomic
def change_nomination(nomination: Nomination, facts: Mapping[str, Any], *, by: User) -> None:
    """Record what is known about a nominated person: consent, codes, interests, role, account. Raises Refused."""
    nomination = Nomination.objects.select_for_update(of=("self",)).select_related("round").get(pk=nomination.pk)
    if not nomination.round.is_under_way:
        raise Refused("The outcomes of this round are recorded. Change the appointment itself")
    for name, value in facts.items():
        setattr(nomination, name, value)
    nomination.keep(by=by, reason="Changed")


@transaction.atomic
def take_nomination_out(nomination: Nomination, *, by: User) -> None:
    """Take a nomination back while the round is under way. Raises Refused."""
    nomination = Nomination.objects.select_for_update(of=("self",)).select_related("round").get(pk=nomination.pk)
    if not nomination.round.is_under_way:
        raise Refused("The outcomes of this round are recorded, so its nominations stay")
    nomination.take_out(by=by, reason="Taken back")


@dataclass(frozen=True)
class BodyOutcome:
    """What a meeting's outcome does to one body: who goes on, who comes, who leaves, what stays vacant."""

    body: Partnership
    go_on: Sequence[tuple[Representative, Nomination]]
    come: Sequence[tuple[Representative, Nomination]]
    leave: Sequence[tuple[Representative, str]]
    vacant: int

    @property
    def sentences(self) -> list[str]:
        said = []
        if self.go_on:
            said.append(f"{words.listed(each.name for _, each in self.go_on)} {_verb(self.go_on, 'goes on', 'go on')}")
        if self.come:
            said.append(f"{words.listed(each.name for _, each in self.come)} {_verb(self.come, 'comes', 'come')}")
        if self.leave:
            said.append(f"{words.listed(name for _, name in self.leave)} {_verb(self.leave, 'leaves', 'leave')}")
        if self.vacant:
            said.append(f"{words.count(self.vacant, 'place')} {'stays' if self.vacant == 1 else 'stay'} vacant")
        return said


def _verb(people: Sequence[Any], one: str, many: str) -> str:
    return one if len(people) == 1 else many


def outcome_of(body: Partnership, places: Sequence[Representative], agreed: Sequence[Nomination]) -> BodyOutcome:
    """Set those agreed into the places of one body: who sits there already keeps the place, the others fill the rest.

    Places for which nobody was agreed become or stay vacant. Raises Refused for more people than places.
    """
    if problem := rules.too_many(str(body), places=len(places), people=len(agreed)):
        raise Refused(problem)
    left = {rules.plain(each.name): each for each in agreed}
    go_on, free = [], []
    for place in places:
        again = left.pop(rules.plain(place.name), None) if place.name else None
        if again is None:
            free.append(place)
        else:
            go_on.append((place, again))
    free.sort(key=lambda place: (not place.is_vacant, place.is_substitute, place.pk))
    come = list(zip(free, left.values(), strict=False))
    rest = free[len(come) :]
    leave = [(place, place.name) for place in [*(place for place, _ in come), *rest] if not place.is_vacant]
    return BodyOutcome(body, go_on, come, leave, len(rest))


@transaction.atomic
def agree(
    found: Round,
    agreed: Iterable[Nomination],
    places_of: Mapping[int, Sequence[Representative]],
    *,
    minute: str,
    by: User,
    today: date,
) -> list[BodyOutcome]:
    """Record what the meeting agreed, for all bodies that somebody was named for, in one go (BRK-E24, BRK-E25).

    A body that nobody was named for keeps its people; their ended terms show in the list. Raises Refused, having
    changed nothing.
    """
    found = Round.objects.select_for_update().get(pk=found.pk)
    if problem := found.why_not(RoundState.AGREED):
        raise Refused(problem)
    if found.meeting_on > today:
        raise Refused(f"The meeting is on {words.day(found.meeting_on)}. Record its outcomes on that day or later")
    policy, how = found.policy_version.policy, found.how
    chosen = {each.pk for each in agreed}
    by_body: dict[int, list[Nomination]] = {}
    nominations = list(found.nominations.select_related("partnership", "user").order_by("pk"))
    for each in nominations:
        by_body.setdefault(each.partnership_id, []).append(each)
        if each.pk in chosen and each.user_id == by.pk:
            raise Refused(f"You are named for {each.partnership}. Ask another register manager to record the outcome")
    done = []
    for body_id, named in by_body.items():
        body = Partnership.objects.select_for_update().get(pk=body_id)
        if problem := why_not_keep(body, by=by):
            raise Refused(problem)
        seats = list(
            Representative.objects.select_for_update(of=("self",))
            .filter(pk__in=[place.pk for place in places_of.get(body_id, ())])
            .order_by("pk")
        )
        made = outcome_of(body, seats, [each for each in named if each.pk in chosen])
        _carry_out(made, found, how, policy, minute=minute, by=by)
        done.append(made)
    for each in nominations:
        each.state = NominationState.AGREED if each.pk in chosen else NominationState.NOT_AGREED
        each.keep(by=by, reason=f"Outcome of {found}")
    found.minute = minute
    found.move(RoundState.AGREED, by=by, reason=f"Outcomes recorded{f', minute {minute}' if minute else ''}")
    return done


def _carry_out(made: BodyOutcome, found: Round, how: AppointmentRule, policy: Policy, *, minute: str, by: User) -> None:
    """Write what a meeting agreed about one body. Raises Refused where somebody's consent is asked for and missing."""
    appointing = body_label(policy, how.by)
    for place, _ in made.leave:
        _empty(place, on=found.meeting_on)
        place.keep(by=by, reason=f"Term ended: {found}")
    for place, nomination in (*made.go_on, *made.come):
        if problem := _why_not_free(place):
            raise Refused(problem)
        asked = why_not_asked(
            made.body, nomination.name, consented_on=nomination.consented_on, codes_on=nomination.codes_on
        )
        if asked:
            raise Refused(asked)
        roles = nomination.agreed_roles or (place.agreed_roles if place.name == nomination.name else [])
        said = Appointment(
            name=nomination.name,
            user=nomination.user or (place.user if rules.plain(place.name) == rules.plain(nomination.name) else None),
            starts_on=found.meeting_on,
            ends_on=rules.last_day(found.meeting_on, how.months),
            appointed_by=appointing,
            minute=minute,
            level=place.level or rules.level_for(policy, how),
            capacity=nomination.capacity or place.capacity,
            agreed_roles=roles,
            role_note=place.role_note if place.name else "",
            consented_on=nomination.consented_on,
            codes_on=nomination.codes_on,
            interests=nomination.interests,
        )
        is_new = rules.plain(place.name) != rules.plain(said.name)
        _seat(place, said, rule=how)
        place.keep(by=by, reason=_appointed(said))
        if is_new:
            _tell(place)
    made.body.follow_rows(by=by, reason=f"Outcome of {found}")
