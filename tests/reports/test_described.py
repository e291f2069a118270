"""Reports that a policy describes: each is made, says the same in three forms, and tells no secrets."""

from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from accounts.roles import Role
from approvals.models import Concern, Request, StepTaken
from assessments import rules
from assessments.models import Response
from policy.examples import why_not_load
from policy.reading import PackError, load_policy, pack_files, read_pack
from policy.report_parts import PART_KINDS, PART_NAMES
from register.models import Action, Benefit, Document, Partnership, Risk
from reports.catalogue import Asked, is_made, made_from, make, maker_of, may_read
from reports.contents import MAKERS
from reports.described import about_partnership, about_register, about_request, described
from reports.lists import Made
from reviews import practice
from reviews.models import Doing, Review
from tests.approvals import concern_pages
from tests.approvals.making import LATER, Council
from tests.approvals.test_melton import GIVEN
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force
from tests.pdf import Tagged, broken_rules, text_of
from tests.reports.past import Past

POLICIES = {path.stem: load_policy(path) for path in pack_files()}
AT = datetime(2026, 10, 1, 9, tzinfo=UTC)
WESTMARSH = Path(__file__).parents[1] / "policy" / "westmarsh-2031.yaml"


# --- What a policy may describe ----------------------------------------------------------------------


@pytest.mark.parametrize("pack", POLICIES)
def test_every_report_of_each_policy_is_made(pack):
    """CORE-18, CONF-22: a report that a pack adds and nothing makes fails here."""
    assert [each.id for each in POLICIES[pack].reports if not is_made(each)] == []


def test_each_part_that_a_policy_may_name_has_a_maker_and_is_explained():
    guide = (Path(__file__).parents[2] / "docs" / "write-a-policy-pack.md").read_text(encoding="utf-8")

    assert set(PART_NAMES) == set(PART_KINDS) == set(MAKERS)
    assert [name for name in PART_NAMES if f"| `{name}` |" not in guide] == []


REPORT = "  - {id: wm-g02, ref: WM-G02, title: Spring report,"


def changed(contents: str, covers: str = "register") -> str:
    text = WESTMARSH.read_text(encoding="utf-8")
    line = next(each for each in text.splitlines() if each.startswith(REPORT))
    before = line[: line.index(", contents:")]
    return text.replace(line, before.replace("covers: register", f"covers: {covers}") + f", contents: [{contents}]}}")


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        ("{title: News, part: novelties}", "contents[0].part: write"),
        ("{title: News, part: novelties}", "progress"),
        ("{title: Answers, part: answers}", "contents[0].of: write the id of at least one question"),
        ("{title: Answers, part: answers, of: wm-nothing}", 'not "wm-nothing"'),
        ("{title: Advice, part: advice}", "write another part, or covers: request"),
        ("{title: To do, part: actions, of: wm-b01}", "contents[0].of: take it out"),
        ("{title: To do, of: wm-b01}", "or write the part that shows it"),
        ("{title: To do, show: actions}", "contents[0].show"),
    ],
)
def test_a_part_that_nothing_shows_is_refused_with_its_line_and_what_to_write(contents, says):
    with pytest.raises(PackError) as refused:
        read_pack(changed(contents), name="westmarsh-2031.yaml")

    problem = str(refused.value)
    assert problem.startswith("westmarsh-2031.yaml, line ")
    assert "reports[1].contents[0]" in problem
    assert says in problem


def test_words_alone_stay_readable_and_keep_a_new_pack_from_being_put_in_force():
    pack = read_pack(changed("What changed"), name="westmarsh-2031.yaml")

    problem = " ".join(map(str, why_not_load(pack)))
    assert (
        "reports[1].contents[0]: write the part that shows it, such as {title: What changed, part: actions}" in problem
    )
    assert not is_made(pack.policy.reports[1])
    assert list(why_not_load(read_pack(WESTMARSH.read_text(encoding="utf-8")))) == []


# --- The same in three forms ---------------------------------------------------------------------------


def make_sent(entry, form, answers, *, at=AT):
    """A form that was sent about an entry, under the policy of the entry."""
    by = make_user(Role.LEAD_OFFICER, name="D.F.")
    version = entry.policy_version
    occasion = version.policy.questionnaire(form).occasions[0]
    response = Response.start(entry, form, occasion=occasion, by=by, policy_version=version, at=at)
    response.answer(
        {name: value if isinstance(value, dict) else {"value": value} for name, value in answers.items()}, by=by, at=at
    )
    response.send(missing=[], by=by, at=at)
    return response


def make_entry(pack, name="Marsh Board", **facts):
    return make_partnership(name=name, policy_version=put_policy_in_force(pack), **facts)


def a_request():
    """The Cabinet proposal on money outside the budget (BRK-G04)."""
    council = Council(unbudgeted="8000")
    make_contribution(council.partnership, 8_000, year=2027, is_outside_budget=True, note="A second bus")
    request = council.request()
    council.take(request, "brk-f02-challenge", by=council.manager, reasons="The villages were counted twice.")
    return f"/requests/{request.reference}/reports/brk-g04/", "The villages were counted twice."


def a_partnership():
    """Melton's evaluation with its averages and low ratings (MEL-G03)."""
    entry = make_entry("melton")
    make_sent(entry, "mel-c2", {"mel-d40": "2", "mel-d41": "4", "mel-d47": {"value": "1", "text": "No plan"}})
    return f"/partnerships/{entry.reference}/reports/mel-g03/", "Average 2.3 of 5 from three ratings"


def an_exit():
    """The exit strategy as it was sent (BRK-G09)."""
    entry = make_entry("breckland-2015")
    make_sent(entry, "brk-exit", {"brk-d26": ["funding-ended"]})
    return f"/partnerships/{entry.reference}/reports/brk-g09/", "Sent on 1 October 2026 by D.F."


def the_register():
    """The quarterly performance extract (BRK-G08, BRK-F17, BRK-F20)."""
    put_policy_in_force()
    entry = make_partnership(name="Marsh Board", data_caveat="Savings come from old budgets")
    by = make_user(Role.LEAD_OFFICER)
    Benefit(partnership=entry, description="Fewer floods", figure=Decimal(12), unit="a year").keep(by=by)
    Risk(partnership=entry, note="The grant ends", control="Talks", owner_name="D.F.").keep(by=by)
    today = timezone.localdate()
    Action(partnership=entry, text="Buy a pump", done_on=today, outcome="It pumps").keep(by=by)
    period = maker_of("brk-g08", POLICIES["breckland-2015"]).periods(today)[0].slug
    return f"/reports/brk-g08/{period}", "Done: Buy a pump"


@pytest.mark.parametrize("matter", [a_request, a_partnership, an_exit, the_register], ids=lambda one: one.__name__)
def test_page_pdf_and_excel_say_the_same(db, browse_as, matter):
    address, says = matter()
    person = browse_as(Role.REGISTER_MANAGER)
    is_register = address.startswith("/reports/")

    page = person.get(f"{address}/" if is_register else address)
    pdf = person.client.get(f"{address}.pdf" if is_register else f"{address}report.pdf")
    xlsx = person.client.get(f"{address}.xlsx" if is_register else f"{address}report.xlsx")

    assert says in page
    assert broken_rules(pdf.content) == []
    assert Tagged(pdf.content).tables_without_headings() == 0
    printed = "".join(text_of(pdf.content).split())
    cells = [" ".join(cell.get_text(" ").split()) for cell in page.select("main td, main th")]
    assert len(cells) > 8
    assert [cell for cell in cells if "".join(cell.split()) not in printed] == []
    book = load_workbook(BytesIO(b"".join(xlsx.streaming_content)))
    written = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    headings = {th.get_text(strip=True) for th in page.select("main thead th")}
    assert headings <= written
    assert "What this report is based on" in page
    assert any("version 1" in each for each in written)
    assert any(says in each for each in written)


def test_a_page_leads_to_the_reports_of_its_matter(db, browse_as):
    address, _ = a_request()
    manager = browse_as(Role.REGISTER_MANAGER)
    request, entry = address.split("/")[2], Partnership.objects.get()

    of_request = manager.get(f"/requests/{request}/reports/")
    of_entry = manager.get(f"/partnerships/{entry.reference}/reports/")

    assert [th.text for th in of_request.select("tbody th")] == ["Assessment of a new partnership", "Cabinet proposal"]
    assert [td.text for td in of_request.select("[data-label='Forms sent']")] == ["2 of 2", "2 of 2"]
    assert [th.text for th in of_entry.select("tbody th")] == ["Exit strategy"]
    assert manager.get(f"/requests/{request}/").select(f"a[href='/requests/{request}/reports/']")
    assert manager.get(f"/partnerships/{entry.reference}/").select(
        f"a[href='/partnerships/{entry.reference}/reports/']"
    )


# --- What they count -------------------------------------------------------------------------------------


def told(pack, report, entry=None, *, by=None, request=None, quarter=None):
    by = by or make_user(Role.REGISTER_MANAGER, name="T.W.")
    policy = POLICIES[pack]
    found = next(each for each in policy.reports if each.id == report)
    if request:
        matter = about_request(found, by, timezone.now(), request)
    elif entry:
        matter = about_partnership(found, entry.policy_version, by, timezone.now(), entry)
    else:
        matter = about_register(found, put_policy_in_force(pack), by, timezone.now(), quarter)
    return described(matter, Made(matter.version, matter.today, "CMT", str(by)))


def rows(paper, title):
    chapter = next(each for each in paper.chapters if each.title == title)
    return [line.cells for table in chapter.tables for line in table.lines]


def test_an_evaluation_gives_averages_by_section_and_overall_and_its_low_ratings(db):
    """MEL-G03, MEL-C06, MEL-I09, CHK-17: reckoned by hand."""
    entry = make_entry("melton")
    answers = {"mel-d40": "2", "mel-d41": "4", "mel-d42": "4", "mel-d47": {"value": "1", "text": "No plan"}}
    make_sent(entry, "mel-c2", answers)

    paper = told("melton", "mel-g03", entry)

    found = rows(paper, "Averages by section and overall")
    assert found[0] == ("Action focus", Decimal("3.33"), 3, 6, 1)  # (2 + 4 + 4) / 3
    assert found[1] == ("Efficiency", Decimal("1.00"), 1, 6, 1)
    table = next(each for each in paper.chapters if each.title == "Averages by section and overall").tables[0]
    assert table.sums.cells == ("Overall", Decimal("2.75"), 4, 27, 2)  # (2 + 4 + 4 + 1) / 4
    low = rows(paper, "Number of ratings 1 and 2")
    assert [(cells[1][:1], cells[2]) for cells in low] == [("2", ""), ("1", "No plan")]


def test_what_results_count_is_listed_with_its_action_over_all_reviews(db):
    """STR-G06, STR-F08, MEL-G02, MEL-C14."""
    entry, other = make_entry("strategy-2009"), make_entry("strategy-2009", name="Weir Trust")
    make_sent(entry, "str-improvement", {"str-d30": False, "str-d31": True})
    make_sent(other, "str-improvement", {"str-d30": True})
    answer = Response.objects.get(partnership=entry).answers.get(question="str-d30")
    action = Action(partnership=entry, text="Name a chair", owner_name="D.F.", due_on=date(2027, 1, 31))
    action.keep(by=make_user())
    answer.action = action
    answer.keep(by=make_user())

    found = rows(told("strategy-2009", "str-g06"), "Rows answered No, with owners and dates")

    assert [(cells[0], cells[3], cells[5:]) for cells in found] == [
        ("Marsh Board", "No", ("Name a chair", "D.F.", date(2027, 1, 31), "")),
    ]
    form = POLICIES["melton"].questionnaire("mel-b")
    values = {"mel-d16": False, "mel-d17": "dont_know", "mel-d18": True}
    counted = rules.counted(form, form.results[0], values)
    assert {each.id for each in counted} >= {"mel-d16"}
    assert "mel-d18" not in {each.id for each in counted}


def test_the_councils_own_money_stands_apart_planned_and_actual(db):
    """RED-G17, RED-F22."""
    entry = make_entry("redditch")
    money = [
        {"item": "Grant", "is-council-money": True, "planned": "1000", "actual": "900"},
        {"item": "Rent", "is-council-money": True, "planned": "50.50", "actual": "49.50"},
        {"item": "Police", "is-council-money": False, "planned": "300", "actual": "310"},
    ]
    make_sent(entry, "red-3", {"red-d3-05-paid": True, "red-d3-05-finances": money})

    chapter = next(c for c in told("redditch", "red-g17", entry).chapters if c.id == "part-1")

    own, others = chapter.tables
    assert [line.cells for line in own.lines] == [
        ("Grant", Decimal(1000), Decimal(900)), ("Rent", Decimal("50.50"), Decimal("49.50")),
    ]  # fmt: skip
    assert own.sums.cells == ("Together", Decimal("1050.50"), Decimal("949.50"))
    assert others.sums.cells == ("Together", Decimal(300), Decimal(310))


def test_the_topics_of_a_review_stand_with_their_levels_and_the_open_actions(db):
    """RED-G07, RED-F35."""
    entry = make_entry("redditch")
    make_sent(entry, "red-4a", {"red-d4a-t01": "3", "red-d4a-t02": "1"})
    Action(partnership=entry, text="Find two members", owner_name="D.F.").keep(by=make_user())

    paper = told("redditch", "red-g07", entry)

    topics = rows(paper, "Eleven topics with their levels")
    assert len(topics) == 11
    assert [cells[1][:1] for cells in topics[:2]] == ["3", "1"]
    assert [cells[:2] for cells in rows(paper, "Actions")] == [("Find two members", "D.F.")]


def test_risks_stand_with_owner_control_and_plan(db):
    """RED-G13, RED-F45, RED-G18, RED-F52, RED-F53; HAR-G06."""
    entry, by = make_entry("redditch"), make_user()
    plan = {"trigger": "No answer by May", "contingency_plan": "Borrow a bus"}
    Risk(partnership=entry, note="The bus breaks", owner_name="D.F.", control="A yearly check", **plan).keep(by=by)
    Risk(partnership=entry, note="Over", closed_on=date(2026, 1, 1), outcome="Gone").keep(by=by)
    Document(partnership=entry, title="If all fails", kind="continuity-plan", added_by=by).keep(by=by)
    Document(partnership=entry, title="Minutes", kind="minutes", added_by=by).keep(by=by)

    register, plans = told("redditch", "red-g13", entry), told("redditch", "red-g18", entry)

    assert [(cells[0], cells[3], cells[4]) for cells in rows(register, "Risks and their owners")] == [
        ("The bus breaks", "D.F.", "A yearly check")
    ]
    assert rows(plans, "Contingency plans") == [("The bus breaks", "No answer by May", "Borrow a bus", "D.F.", "")]
    assert [cells[0] for cells in rows(plans, "Continuity plans")] == ["If all fails"]


def test_evidence_of_training_is_events_and_documents(db):
    """RED-G19, RED-F44."""
    version, by = put_policy_in_force("redditch"), make_user(Role.REGISTER_MANAGER, name="T.W.")
    entry = make_partnership(by=by, name="Marsh Board")
    Document(partnership=entry, title="Course on risk", kind="training", added_by=by).keep(by=by)
    Doing(
        policy_version=version,
        cycle="red-cycle-training",
        done_on=date(2026, 5, 1),
        note="All heads",
        by=by,
        by_name="T.W.",
    ).keep(by=by)
    with_partners = {"done_on": date(2026, 6, 1), "version": version, "by": by, "at": timezone.now()}
    practice.say_done(entry, "red-f44", note="The board’s own course", **with_partners)
    practice.say_done(entry, "red-f47", note="Another thing", **with_partners)

    paper = told("redditch", "red-g19")

    assert [(cells[0], cells[3], cells[4]) for cells in rows(paper, "Events and training needs")] == [
        ("Marsh Board", "Provide training in partnership risk where the need shows", "The board’s own course"),
        ("The council as a whole", "Training in partnership risk", "All heads"),
    ]
    assert [cells[2] for cells in rows(paper, "Evidence")] == ["Course on risk"]


def test_the_policy_statement_gives_its_clauses(db):
    """MEL-G01, MEL-I19."""
    paper = told("melton", "mel-g01")

    assert paper.facts == ()
    assert [len(rows(paper, each.title)) for each in paper.chapters] == [1, 2, 1, 1, 1]
    assert rows(paper, "When it is a contact only")[0][2] == "Appendix A"


def test_a_letter_says_yes_or_no_once_it_is_decided(db):
    """MEL-G11, MEL-A14, MEL-E13; MEL-G08."""
    council = Council("melton")
    council.entry().change({"local_values": GIVEN}, by=council.manager)
    council.partnership = council.entry()
    request = council.request("mel-joining")
    council.answer("mel-tests", at=LATER)
    waiting = told("melton", "mel-g11", request=request)
    council.take(request, "mel-f04", by=council.manager)
    council.take(request, "mel-f05", "agree", by=council.head)
    council.take(
        request, "mel-f06", "decline", by=council.cmt, reasons="A body does it.", reason_from_list="no-priority"
    )

    decided = told("melton", "mel-g11", request=request)

    assert "there is no yes or no to tell yet" in waiting.chapters[0].said[0]
    assert decided.chapters[0].said == ("The council’s answer: Decline.",)
    assert rows(decided, "Outcome and reasons")[-1][1] == "It adds too little to the priorities\nA body does it."
    assert [cells[0] for cells in rows(decided, "Contact or town or parish council")] == [
        "Lead Officer", "Town or parish council that takes part instead",
    ]  # fmt: skip


def test_what_was_decided_is_told_as_it_stood_then(db):
    """BRK-G03, BRK-G04: an entry that changes after the decision changes nothing in the report on it."""
    council = Council(unbudgeted="0")
    now = timezone.now()
    request = council.request(at=now)
    council.take(request, "brk-f02-challenge", by=council.manager, at=now)
    council.take(request, "brk-f04-view", "agree", by=council.holder, at=now)
    council.take(request, "brk-f04", "join", by=council.cmt, at=timezone.now())
    assert request.ended_at
    Risk(partnership=council.entry(), note="Came later").keep(by=council.manager)
    make_contribution(council.entry(), 9_000, is_outside_budget=True)

    paper = told("breckland-2015", "brk-g04", request=request)

    facts = dict(rows(paper, "The partnership"))
    assert str(facts["Money outside the budget a year (£)"]) == "£0"
    assert rows(paper, "The sum that is not in the budget") == []
    assert "when it came to its end" in paper.based_on[0]


def test_a_quarter_that_is_over_is_told_from_history(db):
    """BRK-G08, BRK-F17."""
    put_policy_in_force()
    past, by = Past(), make_user(Role.REGISTER_MANAGER, name="T.W.")
    entry = make_partnership(by=by, name="Marsh Board")
    risk = Risk(partnership=entry, note="The grant ends")
    risk.keep(by=by)
    past.with_day(date(2026, 7, 20))
    risk.close(on=date(2026, 10, 5), outcome="It went on", by=by)
    make_partnership(by=by, name="Came later")
    now = datetime(2026, 11, 21, 10, tzinfo=UTC)

    paper = make(Asked("brk-g08", "2026-27-q2", "T.W.", now, by=by))

    assert [cells[2] for cells in rows(paper, "Key risks")] == ["The grant ends"]
    assert [cells[0] for cells in rows(paper, "Each partnership")] == ["Marsh Board"]
    assert paper.period == "July to September 2026"


# --- Who is told what --------------------------------------------------------------------------------------


def test_a_concern_is_told_to_those_alone_who_may_know_of_it(db):
    """BRK-G06, BRK-F18, CORE-15."""
    concern = concern_pages.make_concern(concern_pages.council_of(), what="The chair is never there")
    Partnership.objects.get(pk=concern.partnership_id)

    manager = told("breckland-2015", "brk-g06")
    member = told("breckland-2015", "brk-g06", by=make_user(Role.SCRUTINY))

    assert [cells[4] for cells in rows(manager, "Open concerns")] == ["The chair is never there"]
    assert rows(member, "Open concerns") == []
    assert "The chair is never there" not in str(member)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.REGISTER_MANAGER, True),
        (Role.AUDITOR, True),
        (Role.MANAGEMENT_TEAM, True),
        (Role.PORTFOLIO_HOLDER, False),
        (Role.LEAD_OFFICER, False),
    ],
)
def test_a_report_is_for_whom_the_policy_names_and_for_those_who_keep_the_entry(db, browse_as, role, may):
    """RED-G10 goes to CMT and the Executive; a lead officer reads those of their own entries."""
    entry = make_entry("redditch")
    report = next(each for each in POLICIES["redditch"].reports if each.id == "red-g10")
    person = make_user(role)
    address = f"/partnerships/{entry.reference}/reports/red-g10/"

    assert may_read(report, person, entry) is may
    assert (browse_as(person).client.get(address).status_code == 200) is may
    if role == Role.LEAD_OFFICER:
        assert may_read(report, person, make_entry("redditch", "Their own", lead_officer=person))


def test_a_report_that_is_about_another_matter_is_not_found(db, browse_as):
    entry = make_entry("breckland-2015")
    client = browse_as(Role.REGISTER_MANAGER).client

    for name in ("brk-g04", "brk-g08", "red-g10", "nothing"):
        assert client.get(f"/partnerships/{entry.reference}/reports/{name}/").status_code == 404
    assert client.get("/partnerships/P-9999/reports/brk-g09/").status_code == 404


# --- What they cost ------------------------------------------------------------------------------------------


DESCRIBED = [
    (pack, each.id) for pack, policy in POLICIES.items() for each in policy.reports if made_from(each) == each.id
]


@pytest.mark.parametrize(("pack", "name"), DESCRIBED)
def test_the_queries_of_a_report_on_the_register_do_not_grow(db, pack, name):
    version, by = put_policy_in_force(pack), make_user(Role.REGISTER_MANAGER, name="T.W.")
    form = {"melton": "mel-c2", "strategy-2009": "str-improvement"}.get(pack)

    def add(first, last):
        for number in range(first, last):
            entry = make_entry(pack, f"Board {number}", by=by, data_caveat="As they say")
            Risk(partnership=entry, note="Ends").keep(by=by)
            Action(partnership=entry, text="Write", owner=by).keep(by=by)
            Benefit(partnership=entry, description="Known").keep(by=by)
            if form:
                make_sent(entry, form, {"mel-d40": "1"} if pack == "melton" else {"str-d30": False})

    def queries():
        period = maker_of(name, version.policy).periods(timezone.localdate())[0].slug
        with CaptureQueriesContext(connection) as asked:
            make(Asked(name, period, "T.W.", timezone.now(), by=by))
        return len(asked)

    add(0, 2)
    few = queries()
    add(2, 11)

    assert queries() == few


# --- Each report of the policies that is about one matter ------------------------------------------------------


def test_what_is_said_in_named_steps_stands_with_the_form_and_the_draft(db):
    """RED-G03, RED-G04, RED-F31: the advice of the steps that the policy names, and no other."""
    entry = make_entry("redditch", status="proposed")
    version, by = entry.policy_version, make_user(Role.LEAD_OFFICER, name="L.N.")
    request = Request.start(entry, route="red-joining", purpose="join", by=by, version=version, at=AT)
    facts = {"request": request, "round": request.round, "attempt": 1, "role": "", "act": "advise", "at": AT}
    for step, reasons in (("red-f07", "The sum is in the budget."), ("red-f09", "It adds what we lack.")):
        StepTaken.seal("{}", step=step, by=by, by_name="R.H.", on=AT.date(), reasons=reasons, **facts)
    Risk(partnership=entry, note="The hall is empty").keep(by=by)

    report = told("redditch", "red-g04", request=request)
    case = told("redditch", "red-g03", request=request)

    assert [cells[2] for cells in rows(report, "Financial advice")] == ["The sum is in the budget."]
    assert [cells[2] for cells in rows(report, "The Head of Service’s view of the business case")] == [
        "It adds what we lack."
    ]
    assert rows(report, "Legal advice") == []
    assert [cells[0] for cells in rows(report, "Risks")] == ["The hall is empty"]
    assert rows(report, "Draft memorandum of understanding") == []
    assert [cells[2] for cells in rows(case, "The Head of Service’s view")] == ["It adds what we lack."]


@pytest.mark.parametrize(
    ("where", "answers", "title", "says"),
    [
        # RED-G06, RED-F18, RED-F20; RED-G08, RED-F19, RED-F21, RED-F36; RED-G10, RED-F32
        (("redditch", "red-g06", "red-3"), {"red-d3-03": "A warm hall"}, "Achievements of the period", "A warm hall"),
        (("redditch", "red-g06", "red-3"), {"red-d3-07": "Two more"}, "Plans for the coming period", "Two more"),
        (("redditch", "red-g08", "red-evaluation"), {"red-f21-fit": True}, "Fitness for purpose", "Yes"),
        (("redditch", "red-g10", "red-not-shown"), {"red-g10-reasons": "It costs more"}, "Reasons", "It costs more"),
        (("redditch", "red-g10", "red-not-shown"), {"red-g10-options": "Leave"}, "Options", "Leave"),
        # MEL-G02, MEL-C14; STR-G03, STR-F07
        (("strategy-2009", "str-g03", "str-improvement"), {"str-d30": False}, "Partnership improvement template", "No"),
        # RED-G14, RED-F16; RED-G15, RED-F57; MEL-G04, MEL-F18; MEL-G05
        (("melton", "mel-g05", "mel-c4"), {"mel-d82": False}, "Evaluation, part 4: summary sheet", "No"),
    ],
)
def test_answers_stand_under_the_title_that_the_policy_gives_them(db, where, answers, title, says):
    pack, report, form = where
    entry = make_entry(pack)
    make_sent(entry, form, answers)

    assert says in [cells[1] for cells in rows(told(pack, report, entry), title)]


@pytest.mark.parametrize(
    ("pack", "report", "form"),
    [("redditch", "red-g14", "red-9"), ("redditch", "red-g15", "red-5"), ("melton", "mel-g04", "mel-c3")],
)
def test_a_form_is_told_in_full_once_it_was_sent(db, pack, report, form):
    """RED-G14, RED-F16; RED-G15, RED-F57; MEL-G04."""
    entry = make_entry(pack)
    before = told(pack, report, entry)
    make_sent(entry, form, {})

    after = told(pack, report, entry)

    named = next(each for each in POLICIES[pack].questionnaires if each.id == form)
    assert f"{named.title}: nobody has sent it yet." in before.based_on
    chapter = next(each for each in after.chapters if each.id == f"form-{form}")
    assert chapter.said[0] == "Sent on 1 October 2026 by D.F."
    assert {table.caption for table in chapter.tables} <= {section.title for section in named.sections} | {named.title}
    assert all(cells[1] for table in chapter.tables for line in table.lines for cells in [line.cells])


def test_a_review_called_for_says_why_and_its_recommendation_goes_up(db):
    """MEL-G09, MEL-F14; MEL-G06, MEL-F17."""
    entry = make_entry("melton")
    review = Review(
        partnership=entry,
        policy_version=entry.policy_version,
        cycle="mel-cycle-early",
        occasion="evaluation",
        slug="2026-27",
        due_on=date(2026, 12, 1),
        why="The chair resigned",
        opened_at=AT,
        opened_by_name="T.W.",
        sent_at=AT,
        recommendation="leave",
        recommendation_why="Nobody comes",
    )
    review.keep(by=make_user(), reason="Made for a test")
    make_sent(entry, "mel-c2", {"mel-d40": "4"})

    assert [cells[3] for cells in rows(told("melton", "mel-g09", entry), "Reason")] == ["The chair resigned"]
    yearly = copy(review)
    yearly.pk, yearly.cycle, yearly.slug, yearly.recommendation = None, "mel-cycle-yearly", "2026-27-2", "go_on"
    yearly.sent_at = timezone.now()
    yearly.keep(by=make_user(), reason="A check that is no evaluation")
    paper = told("melton", "mel-g06")
    assert [cells[4:] for cells in rows(paper, "Recommendations")] == [("Leave", "Nobody comes")]
    assert rows(paper, "Results of evaluations")[0][3] == Decimal(4)


def test_an_account_gives_performance_decisions_and_money(db):
    """STR-G04, STR-H26."""
    entry, by = make_entry("strategy-2009"), make_user()
    Action(partnership=entry, text="Open late", done_on=timezone.localdate(), outcome="Twice a week").keep(by=by)
    make_contribution(entry, 700, year=2026)

    paper = told("strategy-2009", "str-g04", entry)

    assert [cells[1:] for cells in rows(paper, "Performance")] == [("Done: Open late", "Twice a week")]
    assert rows(paper, "Decisions") == []
    assert [cells[:2] for cells in rows(paper, "Money")] == [("2026 to 2027", Decimal(700))]


def test_an_exception_report_is_told_to_those_alone_who_may_know_of_it(db):
    """RED-G09, RED-F25."""
    entry = make_entry("redditch")
    concern = Concern(
        reference="C-2026-001",
        partnership=entry,
        policy_version=entry.policy_version,
        kind=Concern.Kind.EXCEPTION,
        what="The target is missed",
        answers=[["What is the issue?", "Two buses broke"]],
        seriousness="serious",
        wanted="advice",
        raised_by=make_user(Role.LEAD_OFFICER, name="L.N."),
        raised_by_name="L.N.",
        raised_at=AT,
    )
    concern.keep(by=concern.raised_by)

    assert "Two buses broke" in str(told("redditch", "red-g09", entry))
    assert "Two buses broke" not in str(told("redditch", "red-g09", entry, by=make_user(Role.SCRUTINY)))


def test_a_request_offers_the_reports_of_its_route(db, browse_as):
    """The Cabinet proposal belongs to joining; a letter with a yes or no, which has no form, to every request."""
    council = Council("melton", status="active")
    request = Request.start(
        council.partnership, route="mel-leaving", purpose="leave", by=council.lead, version=council.version, at=AT
    )

    page = browse_as(Role.REGISTER_MANAGER).get(f"/requests/{request.reference}/reports/")

    assert [th.text for th in page.select("tbody th")] == ["Yes or no letter"]


@pytest.mark.parametrize("pack", POLICIES)
def test_the_register_itself_and_each_form_of_a_case_lead_somewhere(db, browse_as, pack):
    """BRK-G01, BRK-G13; HAR-G01, G05 and G07; RED-G01; STR-G01 and G02."""
    version = put_policy_in_force(pack)
    manager = browse_as(Role.REGISTER_MANAGER)
    made = {row.th.text: [a["href"] for a in row.select("a")] for row in manager.get("/reports/").select("tbody tr")}

    for report in version.policy.reports:
        assert made[report.title], report.id
        if report.all_fields:
            assert "/reports/register.xlsx" in made[report.title]
        elif report.covers == "request":
            assert made[report.title] == ["/requests/"]
    assert manager.get("/reports/register/").heading
