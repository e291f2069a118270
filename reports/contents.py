"""The parts that a policy puts a report together from: one maker for each part of `policy/report_parts.py`.

A maker is given what the report is about and what the policy says of the part, and tells sentences and tables. A report
about the register names the partnership in each row; one about a single partnership does not.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from appointments.models import ReportBack
from approvals import proposed, queries
from approvals.concerns import whose
from approvals.models import Concern, StepTaken
from assessments import rules
from assessments.models import Agreement, Response
from assessments.questionnaires import asked_of, is_empty
from config import words
from exits.models import Lesson
from exits.models import State as Leaving
from policy.model import FACTS, Content, Question
from policy.report_parts import PartName
from register.exports import Kind
from register.models import Action, Benefit, Contribution, Document, FundingSource, Partnership, Risk, Side
from reports.agreements import state_of
from reports.matters import Matter, Sent
from reports.rules import total
from reports.shape import Chapter, Col, Line, Rated, Table, Typed
from reviews.models import Doing, Recommendation, Review, ReviewForm

NAME, REFERENCE = Col("Partnership"), Col("Reference")
LONG: Kind = "long_text"
NOBODY = "Nobody yet"


class Told(NamedTuple):
    """What a part says: sentences, then tables."""

    said: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


Row = tuple[Partnership | None, tuple[Any, ...]]


def chapter_of(matter: Matter, part: PartName, content: Content, number: int) -> Chapter:
    """A part of the report under the title that the policy gives it."""
    told = MAKERS[part](matter, content)
    return Chapter(f"part-{number}", content.title, told.said, told.tables)


def listing(
    matter: Matter,
    caption: str,
    columns: Sequence[Col],
    rows: Iterable[Row],
    empty: str,
    *,
    addresses: Iterable[str] = (),
    sums: tuple[Any, ...] = (),
) -> Table:
    """A table of rows that belong to entries: the entry stands in front where there are many."""
    held, leads = list(rows), list(addresses)
    lines = []
    for place, (entry, cells) in enumerate(held):
        address = leads[place] if leads else reverse("register:partnership", args=[entry.reference]) if entry else ""
        front = ((entry.name, entry.reference) if entry else ("The council as a whole", "")) if matter.is_many else ()
        lines.append(Line((*front, *cells), address if matter.is_many or leads else ""))
    in_front = (NAME, REFERENCE) if matter.is_many else ()
    last = Line((*(("All", "") if matter.is_many else ()), *sums)) if sums and lines else None
    return Table(_anchor(caption), caption, (*in_front, *columns), tuple(lines), empty, last)


def _anchor(caption: str) -> str:
    return "-".join("".join(each if each.isalnum() else " " for each in caption.casefold()).split())[:60]


def _of(matter: Matter, row: Any) -> Partnership:
    return matter.by_key[row.partnership_id]


# --- Facts, clauses, answers ------------------------------------------------------------------------


def facts_table(matter: Matter, caption: str, field_ids: Iterable[str]) -> Table:
    """Fields of the register with their values: under one another for one entry, side by side for many."""
    columns = [
        column for column in matter.columns(field_ids) if matter.partnership or column.id not in ("name", "reference")
    ]
    if matter.is_many:
        rows = ((entry, tuple(column.value(entry) for column in columns)) for entry in matter.entries)
        figures = tuple(
            total(column.value(entry) for entry in matter.entries) if column.kind in ("money", "hours") else ""
            for column in columns
        )
        headings = [Col(column.label, column.kind) for column in columns]
        return listing(
            matter, caption, headings, rows, "No partnership is active.", sums=figures if any(figures) else ()
        )
    lines = []
    for column in columns:
        for entry in matter.entries:
            value = column.value(entry)
            is_known = value is not None and value != ""
            kind = "text" if column.kind == "date" and isinstance(value, str) else column.kind
            lines.append(Line((column.label, Typed(value, kind) if is_known else column.unknown)))
    return Table(
        _anchor(caption), caption, (Col("Fact"), Col("What the register says", LONG)), tuple(lines), "No fact."
    )


def _fields(matter: Matter, content: Content) -> Told:
    return Told(tables=(facts_table(matter, content.title, content.of),))


def _statements(matter: Matter, content: Content) -> Told:
    known = {each.id: each for each in matter.policy.statements}
    lines = tuple(Line((each.text, each.does, each.clause)) for name in content.of if (each := known.get(name)))
    columns = (Col("What the policy says", LONG), Col("What the register does", LONG), Col("Clause"))
    return Told(
        tables=(Table(_anchor(content.title), content.title, columns, lines, "The policy has no such clause."),)
    )


def reason_of(sent: Sent, question: Question) -> str:
    """What belongs to an answer: its reason, what shows it, what is attached, what it asks to be done."""
    answer = sent.answers.get(question.id)
    if answer is None:
        return ""
    shows = ", ".join(
        filter(None, (answer.evidence_source, words.day(answer.evidence_on) if answer.evidence_on else ""))
    )
    document = answer.evidence_document if answer.evidence_document_id else None
    attached = answer.attachment if answer.attachment_id else None
    action = answer.action if answer.action_id else None
    told = (
        answer.text,
        f"Shown by: {shows}" if shows else "",
        f"Document: {document}" if document else "",
        f"Attached: {attached}" if attached else "",
        f"Action: {action}" if action else "",
    )
    return "\n".join(filter(None, told))


def _answers(matter: Matter, content: Content) -> Told:
    rows: list[Row] = []
    for name, entry, sent in matter.answered(content.of):
        if asked := sent.form.by_id.get(name):
            rows.append((entry, (asked.text, sent.words(asked), reason_of(sent, asked))))
    columns = (Col("Question", LONG), Col("Answer", LONG), Col("Why, and what shows it", LONG, "–"))
    return Told(tables=(listing(matter, content.title, columns, rows, "No form with these questions was sent yet."),))


def _counted(matter: Matter, content: Content) -> Told:
    """Answers that results count (MEL-G02, MEL-G03, MEL-C14, MEL-I09, STR-G06), each with its action."""
    said, rows = [], []
    for name, entry, sent in matter.answered(content.of):
        told = next((each for each in rules.results(sent.form, sent.values) if each.result.id == name), None)
        if told is None:
            continue
        if not matter.is_many:
            said.append(told.sentence or "None of them.")
        for question in rules.counted(sent.form, told.result, sent.values):
            answer = sent.answers.get(question.id)
            action = answer.action if answer and answer.action_id else None
            rows.append((entry, (question.text, sent.words(question), answer.text if answer else "", *_action(action))))
    if matter.is_many:
        said.append(
            f"{words.count(len(rows), 'answer')} in {words.count(len({entry.pk for entry, _ in rows}), 'partnership')}."
        )
    columns = (
        Col("Question", LONG), Col("Answer"), Col("Reason", LONG, "None given"), Col("Action", LONG),
        Col("Owner", none="–"), Col("By", "date", "No date"), Col("Done", "date", "Not yet"),
    )  # fmt: skip
    return Told(tuple(said), (listing(matter, content.title, columns, rows, "There is no such answer."),))


def _action(action: Action | None) -> tuple[Any, ...]:
    if action is None:
        return ("None", "", "", "")
    return (action.text, str(action.owner or action.owner_name or NOBODY), action.due_on or "", action.done_on or "")


def _averages(matter: Matter, content: Content) -> Told:
    """Averages of ratings by section and overall, with how many the scale warns of (MEL-G03, MEL-C06, CHK-17)."""
    tables, said = [], []
    for name in content.of:
        form = matter.policy.questionnaire(name)
        sent = matter.sent[name]
        if not matter.is_many:
            for each in sent.values():
                told = _averages_of(each)
                lines = tuple(Line((title, *_figures(found))) for title, found in told[:-1] if found)
                if told[-1][1]:
                    said.append(f"{told[-1][0]}: {told[-1][1].sentence}.")
                whole = Line((told[-1][0], *_figures(told[-1][1]))) if told[-1][1] and len(lines) > 1 else None
                columns: tuple[Col, ...] = (
                    Col("Section"), Col("Average", "number"), Col("Rated", "number"), Col("Of", "number"),
                    Col("Low ratings", "number"),
                )  # fmt: skip
                tables.append(Table(_anchor(content.title), content.title, columns, lines, "Nothing is rated.", whole))
            if not sent:
                said.append(f"{form.title}: nobody has sent it yet.")
            continue
        sections = [section for section in form.sections if any(q.type == "scale" for q in form.questions_of(section))]
        rows: list[Row] = []
        for entry in matter.entries:
            if one := sent.get(entry.pk):
                found = dict(_averages_of(one))
                values = [found.get(section.title) for section in sections]
                overall = found.get("Overall")
                rows.append(
                    (
                        entry,
                        (
                            timezone.localdate(one.response.sent_at),
                            *(value.value if value else None for value in values),
                            overall.value if overall else None,
                            Decimal(overall.low) if overall else None,
                        ),
                    )
                )
        columns = (
            Col("Sent", "date"),
            *(Col(section.title, "number") for section in sections),
            Col("Overall", "number"),
            Col("Low ratings", "number"),
        )
        tables.append(listing(matter, content.title, columns, rows, f"{form.title}: nobody has sent it yet."))
    return Told(tuple(said), tuple(tables))


def _averages_of(sent: Sent) -> list[tuple[str, rules.Average | None]]:
    """The average of each section with ratings, then of all, on the first scale that has averages."""
    told: list[tuple[str, rules.Average | None]] = []
    for section in sent.form.sections:
        found = rules.averages(sent.policy, asked_of(sent.form, section, sent.values), sent.values)
        if found:
            told.append((section.title, found[0]))
    whole = rules.averages(sent.policy, sent.form.questions, sent.values)
    return [*told, ("Overall", whole[0] if whole else None)]


def _figures(found: rules.Average | None) -> tuple[Any, ...]:
    if found is None:
        return (None, None, None, None)
    value = found.value.quantize(Decimal("0.01")) if found.value is not None else None
    return (value, Decimal(found.rated), Decimal(found.of), Decimal(found.low))


def _apart(matter: Matter, content: Content) -> Told:
    """Rows of planned and actual money, the council's own apart, each group with its sums (RED-G17, RED-F22)."""
    tables, said = [], []
    for name, entry, sent in matter.answered(content.of):
        asked = sent.form.by_id.get(name)
        if asked is None or not asked.columns:
            continue
        tick = next((column.id for column in asked.columns if column.type == "yes_no"), "")
        shown = [column for column in asked.columns if column.id != tick]
        headings = tuple(Col(column.label, "money" if column.type == "money" else "text") for column in shown)
        label = next((column.label for column in asked.columns if column.id == tick), "")
        of = f", {entry.name}" if matter.is_many else ""
        for is_ticked in (True, False):
            rows = [row for row in sent.values.get(name) or () if bool(row.get(tick)) is is_ticked]
            cells = [
                tuple(_money(row.get(c.id)) if c.type == "money" else row.get(c.id) or "" for c in shown)
                for row in rows
            ]
            sums = tuple(
                total(row[place] for row in cells)  # type: ignore[misc]
                if heading.kind == "money"
                else ("Together" if place == 0 else "")
                for place, heading in enumerate(headings)
            )
            caption = f"{label} {'Yes' if is_ticked else 'No'}{of}"
            tables.append(
                Table(
                    f"{_anchor(caption)}-{entry.pk}", caption, headings, tuple(map(Line, cells)), "No row.",
                    Line(sums) if cells else None,
                )
            )  # fmt: skip
        on = words.day(sent.response.sent_at)
        title = words.inside(sent.form.title)
        said.append(f"{entry.name}: {sent.response.sent_by_name} sent the {title} on {on}.")
    return Told(tuple(said) or ("No figures were sent yet.",), tuple(tables))


def _money(value: Any) -> Decimal | None:
    return None if is_empty(value) else Decimal(str(value))


def _agreement(matter: Matter, content: Content) -> Told:
    """The heads of the agreement with the partners as they stand (RED-G04)."""
    found = list(matter.of_them(Agreement.objects.select_related("policy_version")).order_by("partnership", "-number"))
    chosen: dict[int, Agreement] = {}
    for each in found:
        known = chosen.get(each.partnership_id)
        if each.partnership_id in matter.by_key and (known is None or (each.is_in_force and not known.is_in_force)):
            chosen[each.partnership_id] = each
    rows: list[Row] = [
        (_of(matter, each), (f"{number}. {title}", text or "Nothing is written yet"))
        for each in chosen.values()
        for number, (_, title, text) in enumerate(each.headings, start=1)
    ]
    said = tuple(f"{state_of(each)}." for each in chosen.values()) if not matter.is_many else ()
    columns = (Col("Heading"), Col("What it says", LONG))
    return Told(said, (listing(matter, content.title, columns, rows, "No agreement is written yet."),))


# --- The request ------------------------------------------------------------------------------------


def _advice(matter: Matter, content: Content) -> Told:
    """What was said in the steps that the policy names, or in all (RED-G03, RED-G04)."""
    policy = matter.asked.policy_version.policy
    steps = policy.route(matter.asked.route).by_id
    lines = []
    for record in StepTaken.objects.in_round(matter.asked):
        if content.of and record.step not in content.of:
            continue
        outcome = next((each.label for each in policy.outcomes if each.id == record.outcome), "")
        options = f"Other options: {record.options}" if record.options else ""
        interests = f"Interests: {record.interests}" if record.interests else ""
        told = "\n".join(filter(None, (outcome, record.reasons, options, interests)))
        by = f"{record.by_name} for {record.acting_for_name}" if record.acting_for_name else record.by_name
        lines.append(Line((record.body or by, steps[record.step].title, told, by, record.on)))
    columns = (Col("Who"), Col("Step"), Col("What they said", LONG), Col("Recorded by"), Col("On", "date"))
    return Told(
        tables=(Table(_anchor(content.title), content.title, columns, tuple(lines), "Nobody has said it yet."),)
    )


def _asked(matter: Matter, content: Content) -> Told:
    """What the request asks for: why, what the proposer says, and what would change."""
    request = matter.asked
    policy = request.policy_version.policy
    said = [f"Asked by {request.proposed_by_name}: {words.inside(policy.route(request.route).title)}."]
    said += [request.why] if request.why else []
    said += [
        f"{words.inside(FACTS[name].label).capitalize()}: {'yes' if value else 'no'}."
        for name, value in request.said.items()
    ]
    lines = tuple(
        Line((line["label"], line["was"] or "Nothing", line["now"] or "Nothing", line["note"]))
        for line in proposed.lines_of(request)
    )
    if not lines:
        return Told(tuple(said))
    columns = (Col("What"), Col("Was", LONG), Col("Would be", LONG), Col("Note", LONG, "–"))
    return Told(tuple(said), (Table(_anchor(content.title), content.title, columns, lines, ""),))


def _decision(matter: Matter, content: Content) -> Told:
    """What was decided and why, as a letter can give it (MEL-G11, MEL-A14)."""
    request = matter.asked
    records = list(
        StepTaken.objects.decisions()
        .filter(request=request)
        .select_related("request__policy_version")
        .order_by("number")
    )
    lines = []
    for record in records:
        row = queries.taken_row(record)
        reasons = "\n".join(filter(None, (row.list_reason, record.reasons)))
        lines.append(
            Line(
                (row.outcome or "Done", reasons, record.body, record.on, record.reference, record.minute),
                reverse("approvals:decision", args=[record.reference]),
            )
        )
    columns = (
        Col("Outcome"), Col("Reasons", LONG, "None given"), Col("Decided by"), Col("On", "date"), Col("Decision"),
        Col("Minute", none="None"),
    )  # fmt: skip
    if request.is_open:
        told = (
            f"{request.reference} is {words.inside(request.get_status_display())}: there is no yes or no to tell yet."
        )
    else:
        label = next((each.label for each in request.policy_version.policy.outcomes if each.id == request.outcome), "")
        told = f"The council’s answer: {label or request.get_status_display()}."
    said, empty = (told,), "Nobody has decided anything on it."
    return Told(said, (Table(_anchor(content.title), content.title, columns, tuple(lines), empty),))


# --- Money, benefits, risks -------------------------------------------------------------------------


def _contributions(matter: Matter, *, outside_alone: bool) -> list[Contribution]:
    found = [row for row in matter.rows(Contribution) if row.is_outside_budget or not outside_alone]
    return sorted(found, key=lambda row: (list(matter.by_key).index(row.partnership_id), -row.year, row.id))


def _money_table(matter: Matter, caption: str, found: Sequence[Contribution], empty: str) -> Table:
    statuses = _labels(matter, "budget_status")
    heads = matter.policy.values_of_column("contributions", "head")
    rows = [
        (
            _of(matter, row),
            (
                words.financial_year(row.year),
                row.amount,
                "Yes" if row.is_in_kind else "No",
                statuses.get(row.budget_status, row.budget_status)
                or ("Outside the budget" if row.is_outside_budget else "In the budget"),
                heads.get(row.head, row.head),
                "\n".join(filter(None, (row.source, row.note))),
            ),
        )
        for row in found
    ]
    columns = (
        Col("Year"), Col("Amount", "money"), Col("In kind"), Col("Budget"), Col("For", none="–"),
        Col("Source and note", LONG, "–"),
    )  # fmt: skip
    return listing(matter, caption, columns, rows, empty)


def _labels(matter: Matter, core: str) -> dict[str, str]:
    asked = matter.policy.core_field(core)
    return {value.id: value.label for value in matter.policy.list(asked.list).values} if asked and asked.list else {}


def _unbudgeted(matter: Matter, content: Content) -> Told:
    """The sum that is not in the budget, and the years it stands for (BRK-G04, HAR-G06)."""
    found = _contributions(matter, outside_alone=True)
    said = []
    if not matter.is_many:
        entry = matter.entries[0]
        a_year = getattr(entry, "unbudgeted_a_year", None)
        said.append(f"Outside the budget: {words.money(a_year) if a_year is not None else 'not known'} a year.")
    return Told(
        tuple(said), (_money_table(matter, content.title, found, "No money outside the budget is on the register."),)
    )


def _money_by_year(matter: Matter, content: Content) -> Told:
    """Contributions by financial year, and what others fund (HAR-G06, RED-G17, STR-G04)."""
    tables = [
        _money_table(matter, content.title, _contributions(matter, outside_alone=False), "No contribution is known.")
    ]
    if funds := matter.rows(FundingSource):
        rows = [(_of(matter, row), (row.source, row.amount, row.ends_on or "")) for row in funds]
        columns = (Col("Funding from elsewhere"), Col("Amount", "money"), Col("Until", "date", "No date"))
        tables.append(listing(matter, f"{content.title}: funding from elsewhere", columns, rows, ""))
    return Told(tables=tuple(tables))


def _benefits(matter: Matter, content: Content) -> Told:
    named = matter.policy.values_of_column("benefits", "named_benefit")
    rows = [
        (_of(matter, row), (row.description or named.get(row.named_benefit, row.named_benefit), row.figure, row.unit))
        for row in matter.rows(Benefit)
    ]
    columns = (Col("Benefit", LONG), Col("Figure", "number", "No figure"), Col("Unit", none="–"))
    return Told(tables=(listing(matter, content.title, columns, rows, "No benefit is on the register."),))


def _side(matter: Matter, side: Side) -> list[Risk]:
    found = [row for row in matter.rows(Risk, "owner") if row.closed_on is None and row.side == side]
    places = {key: place for place, key in enumerate(matter.by_key)}
    return sorted(found, key=lambda row: (places[row.partnership_id], -(row.score or 0), row.id))


def _risk_rows(side: Side, core: str, empty: str) -> Callable[[Matter, Content], Told]:
    """Open rows of one side of the risk register, with level, owner and control (RED-G13, HAR-G06, BRK-G08)."""

    def told(matter: Matter, content: Content) -> Told:
        kinds = _kinds_of_risks(matter, core)
        matrix = matter.policy.matrix_for(core)
        rows = []
        for row in _side(matter, side):
            levels = matrix.levels if matrix and row.scale == matrix.scale else ()
            level = (
                Rated(row.level, "risk" if side == Side.RISK else "value", levels)
                if levels
                else row.rating or row.level
            )
            rows.append(
                (
                    _of(matter, row),
                    (
                        row.note or kinds.get(row.kind, row.kind),
                        level,
                        row.score,
                        _owner(row),
                        row.control,
                        row.review_on or "",
                    ),
                )
            )
        columns = (
            Col("What may happen", LONG), Col("Level", "level"), Col("Score", "number", "None"), Col("Owner"),
            Col("What is done about it", LONG, "Nothing is written"), Col("Looked at again", "date", "No date"),
        )  # fmt: skip
        return Told(tables=(listing(matter, content.title, columns, rows, empty),))

    return told


def _kinds_of_risks(matter: Matter, core: str) -> dict[str, str]:
    return _labels(matter, core) | matter.policy.values_of_column(core, "kind")


def _owner(row: Any) -> str:
    return str(row.owner) if row.owner else row.owner_name or NOBODY


def _plans(matter: Matter, content: Content) -> Told:
    """What is done if a risk comes true (RED-G13, RED-G18, RED-F52)."""
    kinds = _kinds_of_risks(matter, "risks")
    rows = [
        (
            _of(matter, row),
            (
                row.note or kinds.get(row.kind, row.kind),
                row.trigger,
                row.contingency_plan,
                _owner(row),
                row.transferred_to,
            ),
        )
        for row in _side(matter, Side.RISK)
    ]
    columns = (
        Col("Risk", LONG), Col("The sign that it comes true", LONG, "Nothing is written"),
        Col("Contingency plan", LONG, "No plan is written"), Col("Owner"), Col("Passed to", none="Nobody"),
    )  # fmt: skip
    return Told(tables=(listing(matter, content.title, columns, rows, "No risk is open."),))


# --- What is to be done, and what was done ----------------------------------------------------------


def _actions(matter: Matter, content: Content) -> Told:
    """Open actions with owner and day (MEL-G04, RED-G07, STR-G03, STR-G06)."""
    found = [row for row in matter.rows(Action, "owner") if row.done_on is None]
    rows = [(_of(matter, row), (row.text, _owner(row), row.due_on, _late(matter, row), row.source)) for row in found]
    columns = (
        Col("Action", LONG),
        Col("Owner"),
        Col("By", "date", "No date"),
        Col("Late", "yes_no"),
        Col("From", none="–"),
    )
    return Told(tables=(listing(matter, content.title, columns, rows, "No action is open."),))


def _late(matter: Matter, row: Action) -> bool:
    return bool(row.due_on and row.due_on < matter.until)


def _progress(matter: Matter, content: Content) -> Told:
    """What happened in the period: reports back, actions done, reviews and forms sent (BRK-G06, BRK-G08)."""
    first, last = matter.since, matter.until
    found: list[tuple[Any, Partnership, str, str]] = [
        (back.meeting_on, _of(matter, back), f"Report back from {back.name}", back.text)
        for back in matter.of_them(ReportBack.objects.filter(meeting_on__range=(first, last)))
        if back.partnership_id in matter.by_key
    ]
    found += [
        (action.done_on, _of(matter, action), f"Done: {action.text}", action.outcome)
        for action in matter.rows(Action)
        if action.done_on and first <= action.done_on <= last
    ]
    reviews = Review.objects.filter(sent_at__date__range=(first, last)).prefetch_related("policy_version")
    for review in matter.of_them(reviews):
        if review.partnership_id in matter.by_key:
            label = Recommendation(review.recommendation).label if review.recommendation else ""
            why = ": ".join(filter(None, (label, review.recommendation_why)))
            found.append((timezone.localdate(review.sent_at), _of(matter, review), f"{review.title} sent", why))
    titles = {form.id: form.title for form in matter.policy.questionnaires}
    # The form of a review tells with the review.
    alone = Response.objects.sent().exclude(pk__in=ReviewForm.objects.values("response"))
    for response in matter.of_them(alone.filter(sent_at__date__range=(first, last))):
        if response.partnership_id in matter.by_key:
            title = titles.get(response.questionnaire, "A form")
            by = f"By {response.sent_by_name}"
            found.append((timezone.localdate(response.sent_at), _of(matter, response), f"{title} sent", by))
    places = {key: place for place, key in enumerate(matter.by_key)}
    found.sort(key=lambda each: (places[each[1].pk], each[0]))
    rows = [(entry, (on, what, told)) for on, entry, what, told in found]
    columns = (Col("On", "date"), Col("What", LONG), Col("What came of it", LONG, "–"))
    said = (f"From {words.day(first)} to {words.day(last)}.",)
    return Told(said, (listing(matter, content.title, columns, rows, "Nothing was recorded in the period."),))


def _decisions(matter: Matter, content: Content) -> Told:
    """Decisions of bodies in the period (STR-G04)."""
    records = StepTaken.objects.decisions().filter(on__range=(matter.since, matter.until))
    found = list(
        matter.of_them(records, "request__partnership")
        .select_related("request__partnership", "request__policy_version")
        .defer("request__policy_version__text", "request__policy_version__canonical")
        .order_by("request__partnership__name", "on", "number")
    )
    rows: list[Row] = []
    addresses = []
    for record in found:
        if record.request.partnership_id not in matter.by_key:
            continue
        row = queries.taken_row(record)
        asks = record.request.policy_version.policy.route(record.request.route).title
        cells = (record.reference, record.on, asks, row.outcome or "Done", record.reasons, record.body)
        rows.append((record.request.partnership, cells))
        addresses.append(reverse("approvals:decision", args=[record.reference]))
    columns = (
        Col("Decision"), Col("On", "date"), Col("Matter"), Col("Decided"), Col("Reasons", LONG, "None given"),
        Col("By"),
    )  # fmt: skip
    said = (f"From {words.day(matter.since)} to {words.day(matter.until)}.",)
    table = listing(matter, content.title, columns, rows, "Nothing was decided in the period.", addresses=addresses)
    return Told(said, (table,))


def _recommendations(matter: Matter, content: Content) -> Told:
    """What the last review of each partnership that was sent recommends (MEL-G06)."""
    found = Review.objects.exclude(sent_at=None)
    found = found.filter(sent_at__lte=matter.at) if matter.at else found
    found = found.filter(cycle__in=content.of) if content.of else found
    newest: dict[int, Review] = {}
    for review in matter.of_them(found).prefetch_related("policy_version").order_by("sent_at", "pk"):
        if review.partnership_id in matter.by_key:
            newest[review.partnership_id] = review
    rows = []
    for key in matter.by_key:
        if review := newest.get(key):
            label = Recommendation(review.recommendation).label if review.recommendation else "Nothing"
            rows.append((_of(matter, review), (review.title, review.done_on, label, review.recommendation_why)))
    columns = (Col("Review"), Col("Sent", "date"), Col("Recommends"), Col("Why", LONG, "No reason given"))
    return Told(tables=(listing(matter, content.title, columns, rows, "No review was sent yet."),))


def _called_for(matter: Matter, content: Content) -> Told:
    """Reviews that somebody called for before their time, and why (MEL-G09, MEL-F14)."""
    found = (
        matter.of_them(Review.objects.exclude(why="")).prefetch_related("policy_version").order_by("-opened_at", "pk")
    )
    rows = [
        (_of(matter, each), (each.title, timezone.localdate(each.opened_at), each.opened_by_name, each.why))
        for each in found
        if each.partnership_id in matter.by_key
    ]
    columns = (Col("Review"), Col("Called for", "date"), Col("By"), Col("Why", LONG))
    return Told(tables=(listing(matter, content.title, columns, rows, "Nobody called for a review before its time."),))


def _documents(matter: Matter, content: Content) -> Told:
    """Documents of the kinds that the policy names (RED-G18, RED-G19)."""
    kinds = matter.policy.kinds_of_documents
    found = [row for row in matter.rows(Document) if not content.of or row.kind in content.of]
    rows = [
        (_of(matter, row), (row.title, kinds.get(row.kind, row.kind), row.dated_on or "", row.review_on or ""))
        for row in found
    ]
    columns = (
        Col("Document"),
        Col("Kind", none="–"),
        Col("Dated", "date", "No date"),
        Col("Reviewed on", "date", "No date"),
    )
    named = words.listed(words.inside(kinds.get(each, each)) for each in content.of) or "any kind"
    return Told(tables=(listing(matter, content.title, columns, rows, f"No document is kept: {named}."),))


def _done(matter: Matter, content: Content) -> Told:
    """What was said to be done for cycles and with partners, of an entry or of the council (RED-G19, RED-F44)."""
    named = Q(cycle__in=content.of) | Q(step__in=content.of)
    found = Doing.objects.filter(named, done_on__lte=matter.until)
    if matter.partnership:
        found = found.filter(partnership=matter.partnership.pk)
    titles = matter.policy.done_again
    rows: list[Row] = [
        (
            matter.by_key.get(each.partnership_id) if each.partnership_id else None,
            (each.done_on, titles.get(each.cycle or each.step, each.cycle or each.step), each.note, each.by_name),
        )
        for each in found.order_by("-done_on", "-pk")
        if each.partnership_id is None or each.partnership_id in matter.by_key
    ]
    columns = (Col("On", "date"), Col("What"), Col("Note", LONG, "–"), Col("Said by"))
    return Told(tables=(listing(matter, content.title, columns, rows, "Nothing was recorded yet."),))


def _lessons(matter: Matter, content: Content) -> Told:
    """What was learned from partnerships that were left (RED-G16)."""
    found = Lesson.objects.exclude(leaving__state=Leaving.CALLED_OFF).for_list()
    if matter.partnership:
        found = found.filter(leaving__partnership=matter.partnership.pk)
    rows: list[Row] = [(each.leaving.partnership, (each.get_kind_display(), each.text, each.said_on)) for each in found]
    columns = (Col("Kind"), Col("Lesson", LONG), Col("Said on", "date"))
    return Told(tables=(listing(matter, content.title, columns, rows, "No lesson is on record yet."),))


# --- Concerns: told to those alone who may know of them ----------------------------------------------


def _concerns_of(matter: Matter, kind: str = "") -> list[Concern]:
    found = matter.of_them(Concern.objects.readable_by(matter.user, on=matter.today).for_list())
    if kind:
        found = found.filter(kind=kind)
    if matter.at:
        found = found.filter(raised_at__lte=matter.at)
    # One may be read for several reasons: raised, told, put to a role.
    return [each for each in {each.pk: each for each in found}.values() if each.partnership_id in matter.by_key]


def _concerns(matter: Matter, content: Content) -> Told:
    """Concerns that are still open, of those that the reader may know of (BRK-G06, CORE-15)."""
    found = [each for each in _concerns_of(matter) if not each.closed_at or (matter.at and each.closed_at > matter.at)]
    rows = [
        (
            _of(matter, each),
            (
                each.reference,
                timezone.localdate(each.raised_at),
                each.what,
                each.get_seriousness_display(),
                each.get_wanted_display(),
                whose(each, each.current),  # type: ignore[attr-defined]
            ),
        )
        for each in found
    ]
    columns = (
        Col("Concern"), Col("Raised", "date"), Col("What it is about", LONG), Col("How serious"), Col("What is wanted"),
        Col("Is with"),
    )  # fmt: skip
    addresses = [reverse("approvals:concern", args=[each.reference]) for each in found]
    said = ("A concern is confidential: these are the ones that you may read.",)
    return Told(
        said, (listing(matter, content.title, columns, rows, "You may read no open concern.", addresses=addresses),)
    )


def _exceptions(matter: Matter, content: Content) -> Told:
    """Exception reports with every answer, of those that the reader may know of (RED-G09, RED-F25)."""
    tables = []
    for each in _concerns_of(matter, Concern.Kind.EXCEPTION):
        lines = [Line(("What it is about", each.what)), *(Line((asked, said)) for asked, said in each.answers)]
        lines += [
            Line(("Raised", f"{words.day(each.raised_at)}, by {each.raised_by_name}")),
            Line(("How serious", each.get_seriousness_display())),
            Line(("Advice sought", each.get_wanted_display())),
        ]
        if each.closed_at:
            lines.append(Line(("What came of it", f"{each.outcome} ({words.day(each.closed_at)})")))
        else:
            lines.append(Line(("Is with", whose(each, each.current))))  # type: ignore[attr-defined]
        name = f"{each.reference}, {each.partnership.name}" if matter.is_many else each.reference
        tables.append(Table(_anchor(each.reference), name, (Col("Question"), Col("Answer", LONG)), tuple(lines)))
    said = ["An exception report is confidential: these are the ones that you may read."]
    if not tables:
        said.append("You may read none.")
    return Told(tuple(said), tuple(tables))


MAKERS: dict[PartName, Callable[[Matter, Content], Told]] = {
    "actions": _actions,
    "advice": _advice,
    "agreement": _agreement,
    "answers": _answers,
    "apart": _apart,
    "asked": _asked,
    "averages": _averages,
    "benefits": _benefits,
    "called_for": _called_for,
    "concerns": _concerns,
    "counted": _counted,
    "decision": _decision,
    "decisions": _decisions,
    "documents": _documents,
    "done": _done,
    "exceptions": _exceptions,
    "fields": _fields,
    "lessons": _lessons,
    "money": _money_by_year,
    "opportunities": _risk_rows(Side.OPPORTUNITY, "opportunities", "No opportunity is open."),
    "plans": _plans,
    "progress": _progress,
    "recommendations": _recommendations,
    "risks": _risk_rows(Side.RISK, "risks", "No risk is open."),
    "statements": _statements,
    "unbudgeted": _unbudgeted,
}
