"""A report put together from what the policy says of it: its fields, schemes, forms and contents.

One maker serves every policy. Source: CORE-18; BRK-G03, G04, G06, G08 and G09; HAR-G05 to G07; MEL-G01 to G06, G08, G09
and G11; RED-G03, G04, G06 to G10, G13 to G15 and G17 to G19; STR-G02 to G04 and G06.
"""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone

from accounts.models import User
from approvals.models import Request
from assessments.explaining import Box, kept_boxes, live_boxes
from assessments.facts import facts_of
from assessments.models import Assessment
from assessments.reading_back import Said, SheetSection, sheet_of
from assessments.rules import Average, averages, months_later, results
from config import words
from exits.models import Leaving
from policy.model import Content, Questionnaire, Report
from policy.models import PolicyVersion
from policy.report_parts import PartName
from register.models import Partnership
from reports.contents import chapter_of, facts_table, listing
from reports.lists import Made, caveats
from reports.lists import facts_of as sums_of
from reports.matters import A_YEAR, MONTHS, Matter, Sent
from reports.rules import Quarter
from reports.shape import Chapter, Col, Fact, Line, Paper, Rated, Table
from reports.standing import end_of

NOT_SAID = "Not answered"
OF_ROWS: dict[str, PartName] = {  # a field whose rows are a table of their own: the part that shows it
    "risks": "risks",
    "opportunities": "opportunities",
    "actions": "actions",
    "contributions": "money",
    "benefits": "benefits",
    "documents": "documents",
}


def described(matter: Matter, made: Made) -> Paper:
    """The report on a matter. The queries depend on its description, never on the number of entries."""
    report = matter.report
    chapters = [*_facts(matter), *_levels(matter), *_forms(matter)]
    chapters += [
        chapter_of(matter, content.part, content, number)
        for number, content in enumerate(report.contents, start=1)
        if content.part
    ]
    chapters += caveats(matter.entries)
    chapters += _assurance(matter)
    return made.paper(
        report.title if matter.is_many else f"{report.title}: {matter.entries[0].name}",
        period=_period(matter),
        on=timezone.localdate(matter.at) if matter.at else None,
        facts=_cover(matter),
        chapters=chapters,
        based_on=_based_on(matter),
    )


def about_register(
    report: Report, version: PolicyVersion, user: User, now: datetime, quarter: Quarter | None
) -> Matter:
    """The whole register: as it stands now, or as it stood at the end of a quarter that is over."""
    today = timezone.localdate(now)
    if quarter is None:
        return Matter(report, version, user, today, _since(report, today), today)
    if quarter.last < today:
        return Matter(report, version, user, today, quarter.first, quarter.last, at=end_of(quarter.last))
    return Matter(report, version, user, today, quarter.first, today)


def about_partnership(report: Report, version: PolicyVersion, user: User, now: datetime, entry: Partnership) -> Matter:
    """One partnership as it stands now; where the report covers leaving, with the leaving that counts."""
    today = timezone.localdate(now)
    leaving = Leaving.objects.of(entry) if report.covers == "exit" else None
    return Matter(report, version, user, today, _since(report, today), today, partnership=entry, leaving=leaving)


def about_request(report: Report, user: User, now: datetime, request: Request) -> Matter:
    """One request under its own policy version: as things stand now, or stood when it came to its end."""
    today, at = timezone.localdate(now), request.ended_at
    if at and not Partnership.objects.historical(at).filter(id=request.partnership_id).exists():
        at = None  # an entry that history knows since then alone
    until = timezone.localdate(at) if at else today
    version = request.policy_version
    since = _since(report, until)
    return Matter(report, version, user, today, since, until, at=at, partnership=request.entry, request=request)


def _since(report: Report, until: date) -> date:
    return months_later(until, -MONTHS.get(report.how_often, A_YEAR))


def _period(matter: Matter) -> str:
    if matter.report.how_often != "quarterly" or not matter.is_many:
        return ""
    return f"{matter.since:%B} to {matter.until:%B %Y}"


def _cover(matter: Matter) -> tuple[Fact, ...]:
    report = matter.report
    if matter.is_many and not report.fields and all(content.part == "statements" for content in report.contents):
        return ()  # about the policy itself
    if matter.is_many:
        return sums_of(matter.entries)
    entry = matter.entries[0]
    found = [Fact("Partnership", entry.reference, entry.get_status_display())]
    if lead := (str(entry.lead_officer) if entry.lead_officer_id else entry.lead_officer_name):
        found.append(Fact("Lead officer", lead))
    if matter.request:
        asks = matter.request.policy_version.policy.route(matter.request.route).title
        found.append(
            Fact("Request", matter.request.reference, f"{asks}: {words.inside(matter.request.get_status_display())}")
        )
    if matter.leaving:
        last = matter.leaving.ended_on or matter.leaving.last_day
        found.append(Fact(matter.leaving.get_state_display(), words.day(matter.leaving.decided_on), "decided"))
        if last:
            found.append(Fact("Last day", words.day(last)))
    return tuple(found)


def _based_on(matter: Matter) -> list[str]:
    stood = words.day(matter.at) if matter.at else words.day(matter.today)
    if matter.request and matter.at:
        found = [f"The request and its entry as they stood when it came to its end, on {stood}."]
    else:
        found = [f"The register as it stood on {stood}."]
    for name, sent in matter.sent.items():
        form = matter.policy.questionnaire(name)
        if matter.is_many:
            found.append(f"{form.title}: what was sent last about {words.count(len(sent), 'partnership')}.")
            continue
        for each in sent.values():
            response = each.response
            on, under = words.day(response.sent_at), response.policy_version
            found.append(f"{form.title}, sent on {on} by {response.sent_by_name}, under {under}.")
        if not sent and "concern" not in form.occasions:
            found.append(f"{form.title}: nobody has sent it yet.")
    return found


# --- Facts and levels -------------------------------------------------------------------------------


def _facts(matter: Matter) -> Iterator[Chapter]:
    """The fields that the report names; for one entry, rows of a table of their own stand in a table of their own."""
    plain, of_rows = [], []
    told = {content.part for content in matter.report.contents}
    for name in matter.report.fields:
        core = matter.policy.field(name).core or ""
        if not matter.is_many and OF_ROWS.get(core) and matter.policy.field(name).type == "rows":
            of_rows.append((name, OF_ROWS[core]))
        else:
            plain.append(name)
    if plain:
        title = "Each partnership" if matter.is_many else "The partnership"
        yield Chapter("facts", title, (), (facts_table(matter, title, plain),))
    for number, (name, part) in enumerate(of_rows, start=1):
        if part not in told:
            content = Content(title=matter.policy.field(name).label, part=part)
            chapter = chapter_of(matter, part, content, number)
            yield Chapter(f"rows-{number}", chapter.title, chapter.said, chapter.tables)


def _levels(matter: Matter) -> Iterator[Chapter]:
    """The levels of the report's schemes: for one entry with every reason, for many side by side (BRK-G03)."""
    schemes = [(name, matter.policy.schemes[name]) for name in matter.report.schemes]
    if not schemes:
        return
    if matter.is_many:
        kept = [scheme for _, scheme in schemes if scheme.core]
        rows = [
            (entry, tuple(Rated(getattr(entry, str(scheme.core)), scheme.hue, scheme.levels) for scheme in kept))
            for entry in matter.entries
        ]
        headings = [Col(scheme.title, "level") for scheme in kept]
        yield Chapter("levels", "Levels", (), (listing(matter, "Levels", headings, rows, "No partnership is active."),))
        return
    latest, boxes = _boxes(matter)
    for name, scheme in schemes:
        box = next((each for each in boxes if each.scheme_id == name), None)
        if box is None:
            continue
        said = [f"{box.level_label}." if box.level else "Nobody has set the level.", box.arithmetic]
        if box.reason:
            said.append(f"It differs from what is suggested because: {box.reason}")
        if latest:
            said.append(f"Assessed by {latest.made_by_name}, {words.day(latest.completed_at)}.")
        lines = tuple(
            Line(
                (
                    line.criterion.label,
                    Rated(line.level, scheme.hue, scheme.levels),
                    " ".join(filter(None, (line.because, line.why, line.nearest))),
                )
            )
            for line in box.lines
        )
        columns = (
            Col("Criterion", "long_text"),
            Col("Level", "level"),
            Col("Why, and what would change it", "long_text"),
        )
        table = Table(f"scheme-{name}", scheme.title, columns, lines, "The scheme has no criteria.")
        yield Chapter(f"scheme-{name}", f"{scheme.title}: {box.level_label}", tuple(filter(None, said)), (table,))


def _boxes(matter: Matter) -> tuple[Assessment | None, list[Box]]:
    entry = matter.entries[0]
    found = Assessment.objects.latest_for(entry)
    if matter.at:
        found = Assessment.objects.complete().filter(partnership=entry.pk, completed_at__lte=matter.at)
        found = found.order_by("-completed_at", "-pk")
    latest = found.select_related("policy_version").prefetch_related("judgements", "overalls").first()
    if latest:
        return latest, kept_boxes(latest)
    boxes = live_boxes(matter.policy, facts_of(entry, matter.policy))
    for box in boxes:
        box.level = getattr(entry, box.scheme.core) if box.scheme.core else ""
    return None, boxes


# --- Forms ------------------------------------------------------------------------------------------


def _forms(matter: Matter) -> Iterator[Chapter]:
    """The report's forms as they were answered: in full for one entry, their results for many (BRK-G09, MEL-G03)."""
    for name in matter.report.questionnaires:
        form = matter.policy.questionnaire(name)
        if "concern" in form.occasions:
            continue  # answered in a concern, which its own part tells to those who may know of it
        sent = matter.sent[name]
        if matter.is_many:
            yield _form_of_many(matter, form, sent)
        elif not sent:
            yield Chapter(f"form-{name}", form.title, ("Nobody has sent this form yet.",))
        else:
            yield _form_of_one(form, next(iter(sent.values())))


def _form_of_many(matter: Matter, form: Questionnaire, sent: dict[int, Sent]) -> Chapter:
    rows = []
    for entry in matter.entries:
        if each := sent.get(entry.pk):
            holding = [found.sentence for found in results(each.form, each.values) if found.holds]
            holding += [found.sentence for found in averages(each.policy, each.form.questions, each.values)]
            response = each.response
            rows.append((entry, (timezone.localdate(response.sent_at), response.sent_by_name, "\n".join(holding))))
    columns = (Col("Sent", "date"), Col("Sent by"), Col("What the answers come to", "long_text", "–"))
    table = listing(matter, form.title, columns, rows, "Nobody has sent this form yet.")
    said = (f"Sent about {len(rows):,} of {words.count(len(matter.entries), 'partnership')}.",)
    return Chapter(f"form-{form.id}", form.title, said, (table,))


def _form_of_one(form: Questionnaire, sent: Sent) -> Chapter:
    response = sent.response
    sheet = sheet_of(response, list(sent.answers.values()), sent.lists)
    said = [_ended(f"Sent on {words.day(response.sent_at)} by {response.sent_by_name}")]
    said += [f"Left open because: {response.left_open_because}"] if response.left_open_because else []
    said += [f"{found.sentence}" for found in sheet.holding]
    said += [f"Overall: {_average(found)}" for found in sheet.averages]
    tables = []
    for section in sheet.sections:
        said += [f"{section.section.title}: {_average(found)}" for found in section.averages]
        if table := _section(form, section):
            tables.append(table)
    return Chapter(f"form-{form.id}", form.title, tuple(said), tuple(tables))


def _average(found: Average) -> str:
    return _ended(words.inside(found.sentence))


def _ended(sentence: str) -> str:
    """With a full stop, and no second one after initials."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def _section(form: Questionnaire, section: SheetSection) -> Table | None:
    lines = tuple(
        Line((said.question.text, said.answer or NOT_SAID, _beside(said)))
        for said in section.said
        if not said.is_statement
    )
    if not lines:
        return None
    title = section.section.title if len(form.sections) > 1 else form.title
    columns = (
        Col("Question", "long_text"),
        Col("Answer", "long_text"),
        Col("Why, and what shows it", "long_text", "–"),
    )
    return Table(f"form-{section.section.id}", title, columns, lines)


def _beside(said: Said) -> str:
    """What stands with an answer, a line each."""
    action = said.action
    told = (
        *(f"{label}: {text}" for label, text in said.beside),
        said.reason,
        f"Shown by: {said.evidence}" if said.evidence else "",
        f"Document: {said.evidence_document}" if said.evidence_document else "",
        f"Attached: {said.attachment}" if said.attachment else "",
        f"Action: {action.text}, {action.owner or action.owner_name or 'nobody yet'}, "
        f"{words.day(action.due_on) if action.due_on else 'no date'}" if action else "",
        said.source,
    )  # fmt: skip
    return "\n".join(filter(None, told))


# --- Caveats ----------------------------------------------------------------------------------------


def _assurance(matter: Matter) -> Iterator[Chapter]:
    """How sure figures that come from partners are, where the policy keeps it (BRK-F20, BRK-B31)."""
    asked = matter.policy.core_field("data_assurance")
    if asked is None or asked.id in matter.report.fields or not asked.list:
        return
    labels = {value.id: value.label for value in matter.policy.list(asked.list).values}
    rows = [(entry, (labels.get(said, said),)) for entry in matter.entries if (said := entry.data_assurance)]
    if rows:
        title = "How sure the partners’ figures are"
        yield Chapter("assurance", title, (), (listing(matter, title, (Col(asked.label),), rows, ""),))
