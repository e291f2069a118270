"""Registers of councils that do not exist, with other headings and habits than the fixtures, and what a careful person reads in them.

Each function writes a file into a folder and returns the expected result in the form of fixtures/legacy/expected.
The expectations are written by hand.
"""

import datetime as dt
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from sources.common import (
    Cell,
    Col,
    Expected,
    c,
    e,
    lift,
    q,
)  # the language in which the fixtures' expectations are written

D = dt.date


def people(*names: str, **facts: Any) -> list[dict[str, Any]]:
    return [{"who": name, **facts} for name in names]


def rep(raw: str, *names: str) -> Cell:
    return Cell(raw=raw, values={"*": people(*(names or (raw,)))}, how="cleaned" if names else "plain", code="split")


def money(raw: Any, amount: float, note: str | None = None) -> Cell:
    return c(raw, {"*": amount, **({"contribution_note": note} if note else {})}, "money")


def often(raw: str, per_year: float | None) -> Cell:
    return c(raw, {"meetings": raw.strip(), "meetings_per_year": per_year}, "frequency")


def yes(raw: str, value: bool | None) -> Cell:
    return c(raw, value, "yes-no")


def often_ask(raw: Any) -> Cell:
    return q(raw, "frequency-unclear", "how often?", keep={"meetings": str(raw).strip()})


def ask(raw: Any, code: str, **keep: Any) -> Cell:
    return q(raw, code, code, keep=keep)


def wrong(raw: Any, code: str, blocks: str = "cell") -> Cell:
    return e(raw, code, code, "fix it", blocks=blocks)


# ------------------------------------------------------------------ 1: two rows of headings, blank first column, days a month, £000
ONE = [
    Col("Ref No", "ref"), Col("Group / partnership", "name"), Col("What it does", "purpose"), Col("Lead agency", "lead_partner"), Col("Who else is involved", "partners"),
    Col("Our reps", "representatives"), Col("Meets", "meetings", ("meetings_per_year",)), Col("Cash (£000)", "contribution", ("contribution_note",)), Col("Officer days/month", "staff_hours_month"),
    Col("Likelihood (1-5)", "likelihood"), Col("Impact (1-5)", "impact"), Col("Rating", "risk"), Col("Council priority", "priorities"), Col("Start", "start_date"), Col("Runs until", "end_date"),
    Col("Anything else", "notes"),
]  # fmt: skip


def days(n: float) -> Cell:
    return ask(n, "hours-days")


ONE_ROWS = [
    [1, "Wexley Waste Forum", "Joint waste planning", "County", c("Police, Fire, Probation", ["Police", "Fire", "Probation"], "split"), rep("Cllr A. Ash; Head of Waste", "Cllr A. Ash", "Head of Waste"),
     often("3 x a year", 3), money(12.5, 12500), days(2), 2, 3, c("M", "medium", "rating"), c("1, 2", ["1", "2"], "priority"), c("w.e.f. 1st April 2014", "2014-04-01", "date"), c("ongoing", None, "date-open"), None],
    [2, "Wexley Homes Board", "Delivers new homes", "Council", c("Homes England; Registered providers", ["Homes England", "Registered providers"], "split"), rep("Cllrs Birch and Cole", "Cllr Birch", "Cllr Cole"),
     often("every quarter", 4), money(0, 0), days(1), 1, 5, c("L", "low", "rating"), c("2", ["2"], "priority"), ask("FY 2014-15", "date-unclear"), c("31st March 2020", "2020-03-31", "date"), "Refresh due"],
    [3, "River Wex Catchment Group", "Cleaner river", "Environment Agency", ask("Farmers, anglers etc.", "partners-unclear"), "Countryside Officer", often("twice a year", 2), ask("£4,500", "money-unit"), days(0.5),
     wrong(7, "out-of-scale"), 2, c("L", "low", "rating"), c("3", ["3"], "priority"), c("since 2009", "2009", "date-year"), c("Rolling", None, "date-open"), None],
    [4, "Wexley Skills Partnership", "Skills plan", "College", c("College/Chamber/DWP", ["College", "Chamber", "DWP"], "split"), rep("VACANT"), often_ask("Bi-annually"), ask("tbc", "to-be-confirmed"), days(3), 3, 3,
     ask("M/H", "rating-between"), c("All", {}, "x"), c("Sept 2016", "2016-09", "date-month"), wrong("30/02/2021", "date-invalid"), None],
    [5, "Wexley Heritage Alliance", "Looks after old buildings", "Trust", c("Parish councils", ["Parish councils"], "split"), rep("Jane Thorn, Conservation Officer"), often("Ad-hoc", None), money(3, 3000), days(1), 2, 2,
     c("Low", "low", "rating"), c("3 & 4", ["3", "4"], "priority"), c("01/09/15", "2015-09-01", "date"), c("Dec-22", "2022-12", "date-month"), "Minutes on the intranet"],
]  # fmt: skip
ONE_ROWS[1][4] = c("Homes England; Registered providers", ["Homes England", "Registered providers"], "split")
ONE_ROWS[3][5] = Cell(raw="VACANT", values={"*": [{"who": None, "vacant": True}]}, how="cleaned", code="split")
ONE_ROWS[3][12] = ask("All", "priority-all")


def wexley(folder: Path) -> tuple[Path, dict[str, Any]]:
    book = Workbook()
    sheet = book.active
    sheet.title = "Live groups"
    sheet["B2"] = "Wexley Borough Council: groups we work with"
    sheet["I4"] = "Resources"
    sheet.merge_cells("I4:J4")
    sheet["K4"] = "Risk"
    sheet.merge_cells("K4:M4")
    exp = Expected("wexley.xlsx", "register")
    exp.sheet("Live groups", "register", header_rows=[5])
    exp.columns("Live groups", ONE, [5], start=1)
    exp.ask("unit-in-heading", "thousands", column="I")
    exp.ask("unit-in-heading", "days", column="J")
    for i, col in enumerate(ONE):
        sheet.cell(5, i + 2, col.heading).font = Font(bold=True)
    for n, typed in enumerate(ONE_ROWS):
        cells = [lift(x) for x in typed]
        for i, cell in enumerate(cells):
            if cell.raw is not None:
                sheet.cell(6 + n, i + 2, cell.raw)
        exp.row("Live groups", 6 + n, ONE, cells, start=1, extra_values={"status": "active"})
    sheet["B12"] = "Note: figures are for 2019/20."
    for row in (2, 3, 4, 5, 11, 12):
        exp.not_row("Live groups", row, "not a record")
    book.save(folder / "wexley.xlsx")
    return folder / "wexley.xlsx", exp.doc


# ------------------------------------------------------------------ 2: comma CSV with questions as headings
TWO = [
    Col("Name of group", "name"), Col("Who attends for us?", "representatives"), Col("Cost to council p.a.", "contribution", ("contribution_note",)), Col("Staff hours per week", "staff_hours_month"),
    Col("How risky?", "risk"), Col("How valuable?", "value"), Col("How often does it meet?", "meetings", ("meetings_per_year",)), Col("Is it statutory? (Y/N)", "statutory", ("statutory_note",)),
    Col("Terms of reference in place?", "has_terms"), Col("Exit strategy in place?", "has_exit_plan"), Col("When did we join?", "start_date"), Col("Next review", "review_date"),
    Col("E-mail", "contact_email"), Col("Favourite colour", None), Col("Comments", "notes"),
]  # fmt: skip


def risk(raw: str, level: str) -> Cell:
    return c(raw, level, "rating")


TWO_ROWS = [
    ["Ambry Flood Action Group", rep("Drainage Engineer"), money("1,200.00 GBP", 1200), c("2", 8.67, "hours-week"), risk("High (12)", "high"), risk("medium", "medium"), often("Monthly", 12), yes("N", False),
     yes("Yes", True), yes("No", False), c("12 March 2013", "2013-03-12", "date"), c("Mar 2020", "2020-03", "date-month"), c("flood@ambry.example", "flood@ambry.example", "contact"), "blue", "ok"],
    ["Ambry Health Forum", rep("Cllr Dee (sub Cllr Eff)"), money("£2.5k", 2500), c("1.5", 6.5, "hours-week"), risk("Low (3)", "low"), risk("HIGH", "high"), often("10 times a year", 10),
     c("Yes (Health Act 2012)", {"*": True, "statutory_note": "Health Act 2012"}, "yes-no"), yes("Y", True), ask("Draft", "yes-no-unclear"), c("2011", "2011", "date-year"), ask("Spring 2020", "date-unclear"), None, None, None],
    ["Ambry Town Board", rep("Leader / Town Manager", "Leader", "Town Manager"), ask("up to £5,000", "money-unclear"), ask("2-3", "hours-range"), ask("Medium - High", "rating-between"), risk("L", "low"),
     often_ask("Monthly plus sub-groups"), yes("no", False), yes("n", False), yes("n", False), c("1/4/17", "2017-04-01", "date"), c("N/A", None, "date-open"), c("town@ambry.example", "town@ambry.example", "contact"), None, "Ends soon?"],
    ["Ambry Arts Consortium", ask("As above", "see-above"), c("Nil", 0, "money-nil"), c("30 mins", 2.17, "hours"), wrong("Purple", "rating-unknown"), risk("M", "medium"), often("Six times a year", 6),
     yes("N", False), yes("Y", True), yes("Y", True), wrong("31/11/2016", "date-invalid"), ask("?", "to-be-confirmed"), None, None, None],
    ["Ambry Rail Users Partnership", rep("Cllr Gee"), ask("£500 one-off", "money-oneoff"), ask("n/a", "hours-unclear"), ask("tbc", "to-be-confirmed"), risk("Low", "low"), often("1 per annum", 1), ask("Partly", "statutory-unclear"),
     yes("Yes", True), yes("No", False), ask("June 17", "date-unclear"), c("30-09-2021", "2021-09-30", "date"), c("rail@ambry.example", "rail@ambry.example", "contact"), "red", None],
]  # fmt: skip
TWO_ROWS[1][1] = Cell(
    raw="Cllr Dee (sub Cllr Eff)",
    values={"*": [{"who": "Cllr Dee"}, {"who": "Cllr Eff", "substitute": True}]},
    how="cleaned",
    code="split",
)


def ambry(folder: Path) -> tuple[Path, dict[str, Any]]:
    exp = Expected("ambry.csv", "register")
    exp.sheet("(file)", "register", header_rows=[2])
    exp.columns("(file)", TWO, [2])
    exp.ask("unit-in-heading", "a week", column="D")
    exp.ask("unmapped-column", "colour", column="N")
    lines = ["Ambry District partnerships" + "," * 14, ",".join(f'"{x.heading}"' for x in TWO)]
    for n, typed in enumerate(TWO_ROWS):
        cells = [lift(x) for x in typed]
        lines.append(",".join("" if x.raw is None else f'"{x.raw}"' for x in cells))
        exp.row("(file)", n + 3, TWO, cells, extra_values={"status": "active"})
    lines.append('"Total",,"£9,700"' + "," * 12)
    exp.not_row("(file)", 1, "title")
    exp.not_row("(file)", 2, "header")
    exp.not_row("(file)", 8, "total")
    (folder / "ambry.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return folder / "ambry.csv", exp.doc


# ------------------------------------------------------------------ 3: appointments, the body typed on every line
THREE = [
    Col("Organisation", "body"), Col("Councillor appointed", "representative"), Col("Role on body", "capacity"), Col("Date of appointment", "start_date"), Col("Length of term", "term_years", ("term_note",)),
    Col("Term expires", "end_date"), Col("Meetings per year", "meetings_per_year"), Col("Expenses payable?", "allowance"), Col("Notes", "notes"),
]  # fmt: skip


def who(raw: str, name: str | None, **facts: Any) -> Cell:
    return c(raw, {"*": {"who": name, **facts}}, "person")


THREE_ROWS = [
    ["Pelham Almshouses", who("Cllr Oak", "Cllr Oak"), "Trustee", D(2019, 5, 21), c("Four years", 4, "term"), D(2023, 5, 20), 4, yes("No", False), None],
    ["Pelham Almshouses", who("Mrs Elm (non-Councillor)", "Mrs Elm", councillor=False), "Trustee", c("21.5.19", "2019-05-21", "date"), c("4 yrs", 4, "term"), c("May 2023", "2023-05", "date-month"), 4, yes("No", False), None],
    ["Pelham Airport Forum", who("Vacancy", None, vacant=True), "Member", None, None, None, c("quarterly", 4, "frequency"), yes("Y", True), "To fill"],
    ["Pelham Archives Trust", who("Cllr Fir (reserve)", "Cllr Fir", substitute=True), "Observer", D(2019, 5, 21), c("Annual", 1, "term"), wrong(D(2018, 5, 20), "date-order"), 2, yes("Y", True), None],
    ["Pelham Drainage Board", ask("Cllr Yew Cllr Ivy", "people-run-together"), "Member", D(2019, 5, 21), c("until further notice", {"*": None, "term_note": "until further notice"}, "term"), c("n/a", None, "date-open"),
     ask("3 or 4", "frequency-unclear"), ask("Mileage only", "yes-no-unclear"), None],
]  # fmt: skip


def pelham(folder: Path) -> tuple[Path, dict[str, Any]]:
    book = Workbook()
    sheet = book.active
    sheet.title = "Bodies"
    exp = Expected("pelham.xlsx", "appointments")
    exp.sheet("Bodies", "appointments", header_rows=[1])
    exp.columns("Bodies", THREE, [1])
    exp.not_row("Bodies", 1, "header")
    sheet.append([x.heading for x in THREE])
    for n, typed in enumerate(THREE_ROWS):
        cells = [lift(x) for x in typed]
        for i, cell in enumerate(cells):
            if cell.raw is not None:
                sheet.cell(2 + n, i + 1, cell.raw)
                if isinstance(cell.raw, D):
                    sheet.cell(2 + n, i + 1).number_format = "dd/mm/yyyy"
        exp.row("Bodies", 2 + n, THREE, cells, extra_values={"status": "active"})
    book.save(folder / "pelham.xlsx")
    return folder / "pelham.xlsx", exp.doc


# ------------------------------------------------------------------ 4: themes in coloured rows, letters for colours, doubles and sub-groups
FOUR = [
    Col("ID", "ref"), Col("Partnership title", "name"), Col("Cabinet Member", "portfolio_holder"), Col("Lead Officer", "officer_rep"), Col("Annual contribution", "contribution", ("contribution_note",)),
    Col("Officer hours per month", "staff_hours_month"), Col("RAG status", "risk"), Col("Strategic importance", "value"), Col("What do we get out of it?", "benefits"), Col("Date established", "start_date"), Col("Action", "notes"),
]  # fmt: skip


def letter_rag(raw: str) -> Cell:
    return ask(raw, "rating-rag")


FOUR_ROWS: list[Any] = [
    "Place",
    ["T1", "Torley Crime Partnership", "Cllr Hay", "Safety Manager", money("£20,000 per annum", 20000), 12, letter_rag("A"), c("High", "high", "rating"), c("Grant funding", ["External funding or investment"], "benefit"), D(2004, 6, 1), None],
    ["T2", "Torley Crime Partnership - Sub-Group on Drugs", "Cllr Hay", "Safety Officer", c("none", 0, "money-nil"), 4, letter_rag("G"), c("L", "low", "rating"), c("Risk", ["Risk mitigation"], "benefit"), D(2008, 6, 1), None],
    ["T3", "Torley Highways SLA", "Cllr Jay", "Engineer", money("£75k", 75000), 20, letter_rag("R"), c("Med", "medium", "rating"), c("Savings & quality", ["Cashable savings / income", "Increased service quality"], "benefit"), D(2010, 1, 1), None],
    "People",
    ["T4", "Torley Young Peoples Board", "Cllr Kay", "Youth Lead", ask("£1,000-£2,000", "money-range"), ask("a day a month", "hours-days"), letter_rag("G"), c("H", "high", "rating"), ask("Goodwill", "benefit-unclear"), c("1990", "1990", "date-year"), "Closed March 2019"],
    ["T4", "Torley Carers Partnership", "Cllr Kay", "Care Lead", money(450, 450), 3, letter_rag("A"), c("M", "medium", "rating"), c("Speed", ["Improved speed or throughput"], "benefit"), D(2015, 2, 3), None],
    ["T6", "The Torley Carers' Partnership", "Cllr Kay", "Care Lead", money("450", 450), 3, letter_rag("A"), c("M", "medium", "rating"), c("Speed", ["Improved speed or throughput"], "benefit"), D(2015, 2, 3), None],
    [None, None, None, "Care Lead", money("£900", 900), None, None, None, None, None, "?? which one"],
]  # fmt: skip


def torley(folder: Path) -> tuple[Path, dict[str, Any]]:
    book = Workbook()
    sheet = book.active
    sheet.title = "Register"
    exp = Expected("torley.xlsx", "register")
    exp.sheet("Register", "register", header_rows=[3])
    exp.columns("Register", FOUR, [3])
    sheet["A1"] = "TORLEY COUNCIL PARTNERSHIP REGISTER"
    for row, why in ((1, "title"), (2, "blank"), (3, "header")):
        exp.not_row("Register", row, why)
    for i, col in enumerate(FOUR):
        sheet.cell(3, i + 1, col.heading)
    theme, number = None, 4
    for entry in FOUR_ROWS:
        if isinstance(entry, str):
            sheet.cell(number, 1, entry).fill = PatternFill("solid", fgColor="FFD9D9D9")
            exp.not_row("Register", number, "section heading")
            theme, number = entry, number + 1
            continue
        cells = [lift(x) for x in entry]
        for i, cell in enumerate(cells):
            if cell.raw is not None:
                sheet.cell(number, i + 1, cell.raw)
        record = exp.row("Register", number, FOUR, cells, extra_values={"status": "active", "theme": theme})
        name = cells[1].raw
        said = {"cell": f"B{number}", "fields": ["name"], "raw": name}
        if name and "SLA" in name:
            record.setdefault("asks", []).append({**said, "code": "not-a-partnership", "question": "keep?"})
        if name and "Sub-Group" in name:
            record["values"]["parent_ref"] = "T1"
        if name and name.startswith("The "):
            record.setdefault("asks", []).append({**said, "code": "duplicate", "question": "same?"})
        if name and "Young" in name:
            record["values"]["status"] = "ended"
        if name == "Torley Carers Partnership":
            record["values"]["ref"] = None
            record.setdefault("asks", []).append(
                {"cell": f"A{number}", "fields": ["ref"], "raw": "T4", "code": "ref-repeated", "question": "which?"}
            )
        if name is None:
            record.setdefault("errors", []).append(
                {**said, "code": "name-missing", "message": "no name", "fix": "enter it", "blocks": "row"}
            )
        number += 1
    sheet.cell(number + 1, 2, "Total number of partnerships: 6")
    exp.not_row("Register", number, "blank")
    exp.not_row("Register", number + 1, "count")
    book.save(folder / "torley.xlsx")
    return folder / "torley.xlsx", exp.doc


# ------------------------------------------------------------------ 5: two sheets, members by reference and by name
FIVE = [Col("Reference", "ref"), Col("Title of partnership", "name"), Col("Host authority", "lead_partner"), Col("Legal basis", "statutory", ("statutory_note",)), Col("Aims", "purpose"),
        Col("Contact information", "contact_email", ("contact_phone",)), Col("Commenced", "start_date"), Col("Expiry date", "end_date"), Col("Council contribution (£)", "contribution", ("contribution_note",)),
        Col("Officer hrs pa", "staff_hours_month"), Col("Control", "role"), Col("Influence", "role"), Col("Information", "role")]  # fmt: skip
FIVE_ROWS = [
    ["NV-01", "Northvale Growth Board", "Northvale DC", yes("Non-statutory", False), "Growth", c("growth@northvale.example, 01632 960201", {"contact_email": "growth@northvale.example", "contact_phone": "01632 960201"}, "contact"),
     D(2012, 4, 1), D(2025, 3, 31), money("£30,000", 30000), c(120, 10, "hours-year"), "x", None, None],
    ["NV-02", "Northvale Safeguarding Partnership", "County", c("Statutory - Children Act 2004", {"*": True, "statutory_note": "Children Act 2004"}, "yes-no"), "Keeps children safe", c("01632 960202", {"contact_email": None, "contact_phone": "01632 960202"}, "contact"),
     D(2006, 4, 1), c("None", None, "date-open"), money("2,000 (levy)", 2000, "levy"), c(24, 2, "hours-year"), None, "x", "x"],
    ["NV-03", "Northvale Rural Transport Alliance", "Parish councils", yes("No", False), "Buses", ask("as NV-01", "see-above"), D(2018, 1, 1), wrong(D(2017, 1, 1), "date-order"), ask("(£400)", "money-negative"), c(6, 0.5, "hours-year"), None, None, "x"],
]  # fmt: skip
PARTNERS = [
    Col("Partnership ref", "partnership"),
    Col("Organisation name", "organisation"),
    Col("Type of organisation", "sector"),
    Col("Job title", "representative"),
    Col("Voting?", None),
    Col("Chairs?", "is_chair"),
]


def northvale(folder: Path) -> tuple[Path, dict[str, Any]]:
    book = Workbook()
    sheet = book.active
    sheet.title = "All"
    exp = Expected("northvale.xlsx", "database")
    exp.sheet("All", "register", header_rows=[1])
    exp.columns("All", FIVE, [1])
    exp.not_row("All", 1, "header")
    sheet.append([x.heading for x in FIVE])
    roles = [["control"], ["influence", "information"], ["information"]]
    for n, typed in enumerate(FIVE_ROWS):
        cells = [lift(x) for x in typed]
        for i, cell in enumerate(cells):
            if cell.raw is not None:
                sheet.cell(2 + n, i + 1, cell.raw)
                if isinstance(cell.raw, D):
                    sheet.cell(2 + n, i + 1).number_format = "dd/mm/yyyy"
        exp.row("All", 2 + n, FIVE, cells, extra_values={"status": "active", "role": roles[n]})
    exp.ask("unit-in-heading", "a year", column="J")
    partners = book.create_sheet("Partners")
    exp.sheet("Partners", "members", header_rows=[1])
    exp.columns("Partners", PARTNERS, [1])
    exp.not_row("Partners", 1, "header")
    partners.append([x.heading for x in PARTNERS])
    for n, (ref, body, sector, post, chair, want) in enumerate([
        ("NV-01", "Chamber of Commerce", "Private", "President", "Yes", {"partnership_ref": "NV-01", "sector": "Private", "is_chair": True}),
        (None, "Northvale DC", "Public", "Leader", None, {"partnership_ref": "NV-01", "sector": "Public", "is_chair": False}),
        ("NV-02", "Helping Hands", "Third sector", "Manager", "Vice Chair", {"partnership_ref": "NV-02", "sector": "Voluntary and community", "is_chair": False}),
        ("NV-09", "Bus Users", "Voluntary", "Secretary", None, {"partnership_ref": None, "sector": "Voluntary and community", "is_chair": False}),
    ]):  # fmt: skip
        for i, value in enumerate((ref, body, sector, post, "Y", chair)):
            if value is not None:
                partners.cell(2 + n, i + 1, value)
        record = {"sheet": "Partners", "row": 2 + n, "values": {"organisation": body, "representative": post, **want}}
        if ref == "NV-09":
            record["errors"] = [
                {
                    "cell": f"A{2 + n}",
                    "fields": ["partnership"],
                    "raw": ref,
                    "code": "member-orphan",
                    "message": "unknown",
                    "fix": "choose",
                    "blocks": "row",
                }
            ]
        exp.doc["rows"].append(record)
    exp.ask("unmapped-column", "voting", column="E", sheet="Partners")
    book.save(folder / "northvale.xlsx")
    return folder / "northvale.xlsx", exp.doc


ALL = (wexley, ambry, pelham, torley, northvale)
