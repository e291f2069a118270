"""One field of many entries at once: what would change, the change, and its undoing.

Every entry is changed through its own verbs, so that each keeps its version, person and reason.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction

from accounts.models import ServiceArea, User
from accounts.roles import Role
from policy.model import Policy
from policy.refused import Refused
from register.exports import person_of
from register.models import Partnership, Priority, PriorityLink, Status
from register.services import guarded

MOST = 500  # entries at one go: each keeps a version of its own
KEPT_AS_THEY_WERE = {Status.LEFT, Status.NOT_JOINED, Status.NOT_A_PARTNERSHIP, Status.OTHER_ARRANGEMENT}

Kind = Literal["person", "service", "choice", "priority_added", "priority_taken_out"]


@dataclass(frozen=True)
class Field:
    """A field that may be changed for many entries: its name in the pack's words and what it holds.

    `core` is the register's attribute; `choices` are (value, label), the value as an address carries it.
    """

    id: str
    label: str
    kind: Kind
    core: str
    choices: Callable[[], list[tuple[str, str]]]

    def label_of(self, value: str) -> str:
        """The words of a value, or the value itself when it is on no list."""
        return dict(self.choices()).get(value, value)

    def is_on_offer(self, value: str) -> bool:
        """Whether the value is one of the choices."""
        return value in dict(self.choices())


def _people(*roles: Role) -> Callable[[], list[tuple[str, str]]]:
    def choices() -> list[tuple[str, str]]:
        found = User.objects.filter(is_active=True, assignments__role__in=roles).distinct().order_by("name", "pk")
        return [(str(user.pk), str(user)) for user in found]

    return choices


def _services() -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in ServiceArea.objects.filter(is_active=True).values_list("pk", "name")]


def _priorities() -> list[tuple[str, str]]:
    found = Priority.objects.filter(is_active=True).order_by("position", "code")
    return [(str(priority.pk), str(priority)) for priority in found]


def _of_list(policy: Policy, list_id: str) -> Callable[[], list[tuple[str, str]]]:
    return lambda: [(value.id, value.label) for value in policy.list(list_id).values if value.active]


def fields_of(policy: Policy) -> dict[str, Field]:
    """The fields on offer, those that the policy asks for, with its labels."""
    found = []
    people = {"lead_officer": (Role.LEAD_OFFICER,), "responsible_head": (Role.RESPONSIBLE_HEAD, Role.MANAGEMENT_TEAM)}
    for core, roles in people.items():
        if field := policy.core_field(core):
            found.append(Field(core, field.label, "person", core, _people(*roles)))
    service = policy.core_field("service")
    found.append(Field("service", service.label if service else "Service", "service", "service", _services))
    for core in ("reporting_frequency", "meeting_frequency"):
        field = policy.core_field(core)
        if field and field.list:
            found.append(Field(core, field.label, "choice", core, _of_list(policy, field.list)))
    if priorities := policy.core_field("priorities"):
        found.append(Field("add_priority", f"{priorities.label}: add one", "priority_added", "priorities", _priorities))
        found.append(
            Field("take_priority", f"{priorities.label}: take one out", "priority_taken_out", "priorities", _priorities)
        )
    return {field.id: field for field in found}


@dataclass(frozen=True)
class Line:
    """One entry of the preview: what stands there, what would; or why it stays as it is."""

    partnership: Partnership
    was: str
    now: str
    why_not: str = ""


def preview(field: Field, value: str, entries: Iterable[Partnership], *, by: User) -> list[Line]:
    """What the change would do to each entry, in the entries' order; writes nothing."""
    entries = list(entries)
    allowed = set(Partnership.objects.editable_by(by).values_list("pk", flat=True))
    return [_line(field, value, entry, may=entry.pk in allowed) for entry in entries]


def _line(field: Field, value: str, entry: Partnership, *, may: bool) -> Line:
    was, now = words_for(field, entry), field.label_of(value)
    if field.kind in ("priority_added", "priority_taken_out"):
        linked = {str(link.priority_id) for link in entry.priority_links.all()}
        is_there = value in linked
        same = is_there if field.kind == "priority_added" else not is_there
        now = f"{was}; {now}" if field.kind == "priority_added" and was else now
        if field.kind == "priority_taken_out":
            rest = [str(one.priority) for one in entry.priority_links.all() if str(one.priority_id) != value]
            now = "; ".join(rest)
    else:
        same = _stored(field, entry) == value
    why = ""
    if not may:
        why = "You may not change this entry. Ask its lead officer"
    elif Status(entry.status) in KEPT_AS_THEY_WERE:
        why = f"This entry is {entry.get_status_display().lower()}, so it is kept as it was"
    elif same:
        why = "It is so already"
    return Line(entry, was, was if why else now, why)


def _stored(field: Field, entry: Partnership) -> str:
    """The value as an address carries it."""
    if field.kind in ("person", "service"):
        return str(getattr(entry, f"{field.core}_id") or "")
    return getattr(entry, field.core)


def words_for(field: Field, entry: Partnership) -> str:
    """What stands in the entry now, in words; "" when not known."""
    if field.kind == "person":
        return person_of(entry, field.core) or ""
    if field.kind == "service":
        return str(entry.service or "")
    if field.kind == "choice":
        return field.label_of(getattr(entry, field.core))
    return "; ".join(str(link.priority) for link in entry.priority_links.all())


@dataclass(frozen=True)
class Done:
    """A change that was made, with all that its undoing needs; plain data for the session."""

    field: str
    value: str
    was: dict[str, Any]  # reference: what stood there
    versions: dict[str, int]  # reference: the entry's version after the change


@transaction.atomic
def change(field: Field, value: str, seen: dict[str, int], *, by: User, reason: str) -> Done:
    """Change the entries `seen` (reference: version shown in the preview). Raises Refused.

    All or nothing: when one of them changed since the preview, none is changed.
    """
    if not field.is_on_offer(value):
        raise Refused(f"Choose the new value from the list: {field.label}")
    entries = _locked(seen, by=by)
    if changed := [entry.name for entry in entries if entry.version != seen[entry.reference]]:
        raise Refused(f"Somebody changed {_names(changed)} while you looked. Look at the changes again, then save")
    was, versions = {}, {}
    for entry in entries:
        if why := _line(field, value, entry, may=True).why_not:
            raise Refused(f"{entry.name}: {why}. Look at the changes again, then save")
        guard = guarded(entry, entry, {field.core: value}) if field.kind == "choice" else None
        if guard and guard.is_refused:
            raise Refused(f"{entry.name}: {guard.words}")
        was[entry.reference] = _set(field, value, entry, by=by, reason=reason)
        versions[entry.reference] = entry.version
    return Done(field.id, value, was, versions)


def _locked(references: Iterable[str], *, by: User) -> list[Partnership]:
    allowed = Partnership.objects.editable_by(by).values("pk")
    wanted = list(references)
    found = list(
        Partnership.objects.select_for_update().filter(reference__in=wanted, pk__in=allowed).order_by("reference")
    )
    if len(found) != len(wanted):
        raise Refused("You may not change all of these entries. Select them again")
    return found


def _set(field: Field, value: str, entry: Partnership, *, by: User, reason: str) -> Any:
    """Make the change in one entry; gives back what its undoing puts there."""
    was: Any
    if field.kind == "person":
        name = f"{field.core}_name"
        was = [getattr(entry, f"{field.core}_id"), getattr(entry, name)]
        person = User.objects.get(pk=value)
        entry.change({field.core: person, name: ""}, by=by, reason=reason)
        return was
    if field.kind == "service":
        was = entry.service_id
        entry.change({"service": ServiceArea.objects.get(pk=value)}, by=by, reason=reason)
        return was
    if field.kind == "choice":
        was = getattr(entry, field.core)
        entry.change({field.core: value}, by=by, reason=reason)
        return was
    if field.kind == "priority_added":
        PriorityLink(partnership=entry, priority=Priority.objects.get(pk=value)).keep(by=by, reason=reason)
        entry.change({}, by=by, reason=reason)
        return None
    link = PriorityLink.objects.get(partnership=entry, priority_id=value)
    note = link.note
    link.take_out(by=by, reason=reason)
    entry.change({}, by=by, reason=reason)
    return note


def why_not_undo(done: Done) -> str:
    """Say why the change cannot be undone now, or "" when it can."""
    found = dict(Partnership.objects.filter(reference__in=done.versions).values_list("reference", "version"))
    changed = [reference for reference, version in done.versions.items() if found.get(reference) != version]
    if changed:
        return f"Somebody changed {_names(changed)} since, so this change stays. Change the entries one by one"
    return ""


@transaction.atomic
def undo(done: Done, field: Field, *, by: User) -> None:
    """Put back what stood there before. Raises Refused when one of the entries changed since."""
    entries = _locked(done.versions, by=by)
    if why := why_not_undo(done):
        raise Refused(why)
    reason = f"Change of {len(entries)} entries undone"
    for entry in entries:
        was = done.was[entry.reference]
        if field.kind == "person":
            person, name = was
            values = {field.core: User.objects.get(pk=person) if person else None, f"{field.core}_name": name}
            entry.change(values, by=by, reason=reason)
        elif field.kind == "service":
            entry.change({"service": ServiceArea.objects.get(pk=was) if was else None}, by=by, reason=reason)
        elif field.kind == "choice":
            entry.change({field.core: was}, by=by, reason=reason)
        else:
            if field.kind == "priority_added":
                PriorityLink.objects.get(partnership=entry, priority_id=done.value).take_out(by=by, reason=reason)
            else:
                link = PriorityLink(partnership=entry, priority=Priority.objects.get(pk=done.value), note=was)
                link.keep(by=by, reason=reason)
            entry.change({}, by=by, reason=reason)


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
