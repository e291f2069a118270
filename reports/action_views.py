"""The list of actions as an Excel workbook: its own filter and order."""

from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import SignedIn, requires
from policy.models import PolicyVersion
from register.action_list import ActionFilter, actions_for
from register.actions import sources_of
from register.exports import Column
from register.models import Action
from reports.sheets import downloaded, notes_for, write_workbook


def _columns(sources: dict[int, str]) -> list[Column[Action]]:
    return [
        Column("due", "Due", lambda row: row.due_on, "date"),
        Column("what", "What is to be done", lambda row: row.text, "long_text"),
        Column("reference", "Reference", lambda row: row.partnership.reference),
        Column("name", "Partnership", lambda row: row.partnership.name),
        Column("owner", "Who does it", lambda row: row.whose),
        Column("source", "Where it comes from", lambda row: sources.get(row.pk, "")),
        Column("done", "Closed", lambda row: row.done_on, "date"),
        Column("outcome", "What was done", lambda row: row.outcome, "long_text"),
        Column("evidence", "What shows it", lambda row: row.evidence, "long_text"),
        Column("postponed", "Times put off", lambda row: row.postponed, "number"),
    ]


@requires("register.export")
def actions_xlsx(request: SignedIn) -> FileResponse:
    """The actions that the list's filter leaves, all pages of it."""
    today = timezone.localdate()
    wanted = ActionFilter.read(request.GET)
    rows = list(actions_for(wanted, request.user, today))
    sources = {pk: source.words for pk, source in sources_of(rows, request.user).items()}
    notes = notes_for(
        policy=str(PolicyVersion.objects.in_force(today) or "None in force"),
        filter_in_words="; ".join(chip["words"] for chip in wanted.chips(())) or "Open actions",
        entries=len(rows),
        made_by=str(request.user),
        made_at=timezone.localtime(),
        address=request.build_absolute_uri(f"{reverse('register:action_list')}?{wanted.query}"),
    )
    columns = _columns(sources)
    return downloaded(f"actions-{today}", lambda out: write_workbook(out, rows, columns, notes, title="Actions"))
