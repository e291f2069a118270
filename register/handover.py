"""What a person holds in the register: entries, risks and actions; see accounts/handover.py."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.handover import Handover, Held, Move, Passing
from accounts.models import User
from config import words
from policy.refused import Refused
from register.models import Action, Partnership, Risk, Status

HERE = (Status.PROPOSED, Status.ACTIVE, Status.LEAVING, Status.OUTSIDE_BODY)
PARTS = {
    "lead_officer": "Entries they lead",
    "responsible_head": "Entries they are responsible for",
    "portfolio_holder": "Entries of their portfolio",
}


def _held_by(person: User) -> Sequence[Held]:
    entries = {
        core: list(Partnership.objects.filter(**{core: person}, status__in=HERE).order_by("name", "pk"))
        for core in PARTS
    }
    notes = _notes({each.pk for found in entries.values() for each in found})
    held = [
        Held(
            f"entry-{core}-{each.pk}",
            PARTS[core],
            f"{each.name} ({each.reference})",
            reverse("register:partnership", args=[each.reference]),
            note=words.listed(notes.get(each.pk, ())) if core == "lead_officer" else "",
            asks="register.change" if core == "lead_officer" else "",
        )
        for core, found in entries.items()
        for each in found
    ]
    risks = (
        Risk.objects.still_open().filter(owner=person).select_related("partnership").order_by("partnership__name", "pk")
    )
    held += [
        Held(f"risk-{each.pk}", "Risks they own", f"{each}: {each.partnership}",
             reverse("register:risks", args=[each.partnership.reference]))
        for each in risks
    ]  # fmt: skip
    actions = Action.objects.still_open().filter(owner=person).select_related("partnership")
    return held + [
        Held(f"action-{each.pk}", "Actions", f"{each}: {each.partnership}", reverse("register:action", args=[each.pk]),
             note=f"Due {words.day(each.due_on)}" if each.due_on else "")
        for each in actions.order_by("due_on", "pk")
    ]  # fmt: skip


def _notes(entries: Iterable[int]) -> Mapping[int, list[str]]:
    """What goes with an entry to its new lead officer, as the apps above say it: a review, a request, an agreement."""
    ids, found = list(entries), defaultdict(list)
    for path in settings.HANDOVER_NOTES if ids else ():
        said: Callable[[Sequence[int]], Mapping[int, str]] = import_string(path)
        for pk, text in said(ids).items():
            found[pk].append(text)
    return found


def _pass_on(passing: Passing, move: Move) -> None:
    """Give one entry, risk or action to its new holder. Raises Refused."""
    kind, _, rest = passing.held.key.partition("-")
    to = passing.to
    if to is None:
        raise Refused(f"Choose who takes {passing.held.words}")
    reason = f"Handed over from {move.person} from {words.day(move.on)}: {move.reason}"
    if kind == "entry":
        core, _, pk = rest.partition("-")
        entry = Partnership.objects.select_for_update().get(pk=int(pk))
        entry.change({core: to, f"{core}_name": ""}, by=move.by, reason=reason)
        return
    model: type[Risk | Action] = Risk if kind == "risk" else Action
    row = model._default_manager.select_related("partnership").get(pk=int(rest))
    entry = Partnership.objects.select_for_update().get(pk=row.partnership_id)
    if isinstance(row, Action):
        row.hand_to(to, why=reason, by=move.by, at=move.at)
    else:
        row.owner, row.owner_name = to, ""
        row.keep(by=move.by, reason=reason)
    entry.follow_rows(by=move.by, reason=reason)


HANDOVER = Handover(_held_by, _pass_on)
