"""More registers of councils that do not exist. They were written before the words of `headings.yaml` were looked at, to see how
the reading fares on headings and spellings nobody planned for. The expectations are written by hand.
"""

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sources.common import Cell, Col, Expected, c, d, d_bad, e, f, h, h_range, lift, q, rt, rt_between, yn

from tests.register.importing.invented import ask, money, often_ask, people, rep, wrong

D = dt.date


def parts(raw: str, *items: str) -> Cell:
    return Cell(raw=raw, values={"*": list(items)}, how="cleaned", code="split")


def law(raw: str, act: str) -> Cell:
    return c(raw, {"*": True, "statutory_note": act}, "yes-no")


def rag(raw: str) -> Cell:
    return q(raw, "rating-rag", "which level?", batch=True)


def _expect(
    exp: Expected, sheet: str, columns: Sequence[Col], rows: Sequence[Sequence[Any]], *, first: int
) -> list[list[Any]]:
    """Write the expected record of each row; gives the cells to be written into the file."""
    exp.sheet(sheet, "register", header_rows=[first - 1])
    exp.columns(sheet, columns, [first - 1])
    exp.not_row(sheet, first - 1, "header")
    grid = []
    for n, typed in enumerate(rows):
        cells = [lift(x) for x in typed]
        exp.row(sheet, first + n, columns, cells, extra_values={"status": "active"})
        grid.append([cell.raw for cell in cells])
    return grid


# ------------------------------------------------------------------ headings cut short, staff time a week, totals and a list sheet
CALDER = [
    Col("Org. name", "name"), Col("Priority theme", "theme"), Col("Key purpose", "purpose"), Col("Lead org", "lead_partner"), Col("Partner agencies", "partners"), Col("Statutory requirement Y/N", "statutory", ("statutory_note",)),
    Col("Meets", "meetings", ("meetings_per_year",)), Col("Council rep", "representatives"), Col("Cabinet Member", "portfolio_holder"), Col("Council funding 14/15", "contribution", ("contribution_note",)),
    Col("Est hrs pw", "staff_hours_month"), Col("Risk Rating (H/M/L)", "risk"), Col("Value Rating (H/M/L)", "value"), Col("ToR", "has_terms"), Col("Exit plan in place", "has_exit_plan"), Col("Est. date", "start_date"),
    Col("Review due", "review_date"), Col("Notes", "notes"),
]  # fmt: skip
CALDER_ROWS = [
    ["Calderside Safer Partnership", "Safe", "Cut crime", "Police", parts("Fire; Probation; NHS", "Fire", "Probation", "NHS"), yn("Y", True), f("4 p.a.", 4), rep("Head of Safety, Cllr B.B.", "Head of Safety", "Cllr B.B."), "Cllr B.B.",
     money("£5k", 5000), h("2hrs/wk", 8.67), rt("1 - High", "high"), rt("H", "high"), yn("✔", True), yn("Y", True), d("12th March 2013", "2013-03-12"), d("Sept 2015", "2015-09"), None],
    ["Calderside Children's Board", "People", "Keep children safe", "Council", parts("NHS\nPolice\nSchools", "NHS", "Police", "Schools"), law("Y - Children Act 2004", "Children Act 2004"), f("twice yearly", 2), rep("Director of People"), "Cllr C.C.",
     money("5,000.00", 5000), h("3", 13), rt_between("High/Med", ["high", "medium"]), rt("M", "medium"), yn("Y", True), yn("N", False), d("2005", "2005"), ask("Q2 2015", "date-unclear"), None],
    ["Calderside Growth Company", "Prosperous", "Attract investors", "Chamber", parts("Chamber, University", "Chamber", "University"), yn("N", False), f("x3 per year", 3), rep("Leader, CEX", "Leader", "CEX"), "Leader",
     money("£1.25m", 1250000), h("1", 4.33), rt("H", "high"), ask("n/a", "rating-unclear"), yn("Yes", True), ask("Part", "yes-no-unclear"), D(2012, 4, 1), ask("TBC", "to-be-confirmed"), None],
    ["Upper Calder Flood Board", "Green", "Reduce floods", "EA", parts("EA & Water company", "EA", "Water company"), law("Yes - Police Reform Act 2011", "Police Reform Act 2011"), f("as & when", None), Cell(raw="vacancy x 2", values={"*": [{"who": None, "vacant": True}] * 2}, how="cleaned", code="vacancy"),
     "Cllr D.D.", q("£5,000-£7,000", "money-range", "which?"), ask("0.2 FTE", "hours-fte"), q("Med-", "rating-doubt", "medium?"), rt("Med", "medium"), yn("Y", True), ask("Tbc", "to-be-confirmed"), ask("2013/14", "date-unclear"), d_bad("31-Jun-15", "June has 30 days"), None],
    ["Arts Calder", "People", "Culture", "Arts Trust", parts("Arts Trust + College", "Arts Trust", "College"), yn("N", False), f("every other month", 6), Cell(raw="Arts Officer / Cllr E.E. (sub)", values={"*": [*people("Arts Officer"), *people("Cllr E.E.", substitute=True)]}, how="cleaned", code="split"),
     "Cllr C.C.", money("approx. £3000", 3000, "approx."), h("0.5", 2.17), rt("low", "low"), rt("MEDIUM", "medium"), yn("y", True), yn("n", False), d("1st April 2011", "2011-04-01"), D(2015, 10, 1), None],
    ["Town Deal Board", "Prosperous", "Towns", "Council", parts("Age charity, NHS and Police", "Age charity", "NHS", "Police"), yn("N", False), often_ask("annually + as needed"), rep("Head of Economy and Cllr F.F.", "Head of Economy", "Cllr F.F."), "Leader",
     q("50% of £20,000", "money-unclear", "how much?"), ask("as required", "hours-unclear"), ask("?", "to-be-confirmed"), rt("H", "high"), yn("Y", True), yn("N", False), d("Oct 2009", "2009-10"), D(2015, 6, 30), "Decision due"],
    ["Joint Coroner Service", "People", "Coroner", "County", parts("Environment Agency & Partners Ltd", "Environment Agency", "Partners Ltd"), yn("N", False), often_ask("Monthly in winter"), rep("Cllrs A.A. & B.B.", "Cllr A.A.", "Cllr B.B."), "Cllr B.B.",
     q("£4,000 in kind", "money-in-kind", "cash?"), h("2", 8.67), rt("M", "medium"), rt("H", "high"), yn("Y", True), yn("Y", True), d("1/4/98", "1998-04-01"), D(2015, 4, 2), None],
]  # fmt: skip


def calder(folder: Path) -> tuple[Path, dict[str, Any]]:
    book = Workbook()
    sheet = book.active
    sheet.title = "Partnerships 14-15"
    exp = Expected("calder.xlsx", "register")
    sheet.append(["Calderside MBC - Partnership audit 2014/15"])
    sheet.append([])
    sheet.append([column.heading for column in CALDER])
    exp.not_row(sheet.title, 1, "title")
    exp.not_row(sheet.title, 2, "blank")
    for cells in _expect(exp, sheet.title, CALDER, CALDER_ROWS, first=4):
        sheet.append(cells)
    exp.ask("unit-in-heading", "hours a week", column="K")
    sheet.append([])
    sheet.append(["TOTAL", *[None] * 8, "=SUM(J4:J10)"])
    sheet.append(["Updated by Policy team, March 2015"])
    for row, why in ((11, "blank"), (12, "total"), (13, "note")):
        exp.not_row(sheet.title, row, why)
    lists = book.create_sheet("Lists")
    for text in ("Risk", "High", "Medium", "Low"):
        lists.append([text])
    exp.sheet("Lists", "lookup lists")
    book.save(folder / "calder.xlsx")
    return folder / "calder.xlsx", exp.doc


# ------------------------------------------------------------------ red, amber and green; error words in a CSV file; a sunset date
DUNMOOR = [
    Col("Unique ID", "ref"), Col("Partnership Body", "name"), Col("Directorate", "theme"), Col("Remit", "purpose"), Col("Host organisation", "lead_partner"), Col("Legal requirement?", "statutory", ("statutory_note",)), Col("Meeting frequency", "meetings", ("meetings_per_year",)),
    Col("Portfolio", "portfolio_holder"), Col("Contact officer", "officer_rep"), Col("Annual £", "contribution", ("contribution_note",)), Col("Officer time", "staff_hours_month"), Col("RAG status", "risk"), Col("Strategic importance", "value"), Col("Sunset date", "end_date"),
    Col("Comments / actions", "notes"),
]  # fmt: skip
DUNMOOR_ROWS = [
    ["PB1", "Dunmoor Health Partnership", "Adults", "Health", "NHS", yn("No", False), f("Qtrly", 4), "Cllr Z.A.", "Health Manager", money("c£2k", 2000, "c"), c("10 hrs pm", 10, "hours"), rag("Amber"), rt("High", "high"), d("Ongoing", None), None],
    ["PB2", "Dunmoor Waste Board", "Place", "Waste", "County", yn("No", False), f("monthly", 12), "Cllr Z.B.", "Waste Manager", q("£3,000 (2014/15)", "money-unclear", "and now?"), ask("1 day/month", "hours-days"), rag("RED"), rt("High", "high"), d("31/03/2020", "2020-03-31"), None],
    ["PB3", "Moor Sports Trust", "Place", "Sport", "Trust", yn("No", False), often_ask("tri-annual"), "Cllr Z.B.", "Leisure Manager", money("£500 p.q.", 2000, "paid quarterly"), h_range("10-12", 10, 12), rag("Green"), rt("Low", "low"), d("March 2018", "2018-03"), None],
    ["PB4", "Dunmoor Safeguarding Board", "Adults", "Safeguarding", "Council", law("Yes - Care Act 2014", "Care Act 2014"), often_ask("Bimonthly"), "Cllr Z.A.", "Adults Lead", money("£12.5K", 12500), ask("3 days pa", "hours-days"), rag("G"), rt("Medium", "medium"), d("none", None), None],
    ["PB5", "Moorland Access Forum", "Place", "Paths", "National Park", yn("Yes", True), f("Half-yearly", 2), "Cllr Z.B.", "Ranger", ask("N/K", "to-be-confirmed"), c("2 hours a week", 8.67, "hours-week"), rag("Amber/Green"), rt("Low", "low"), ask("?", "to-be-confirmed"), None],
    ["PB6", "Dunmoor Enterprise Hub", "Growth", "Start-ups", "College", yn("No", False), f("Every 3 months", 4), "Leader", "Growth Lead", wrong("#N/A", "formula-error"), c("45 mins", 0.75, "hours"), rag("R"), rt("High", "high"), d_bad("30/02/2016", "February has 29 days"), None],
    ["PB7", "Dunmoor Shared Legal Service", "Resources", "Legal", "Council", ask("Y/N", "statutory-unclear"), f("2 x year", 2), "Cllr Z.C.", "Solicitor", money("Nil (officer time)", 0, "Nil (officer time)"), c("c.5", 5, "hours"), rag("Green"), rt("Medium", "medium"), d("31 March 2017", "2017-03-31"), None],
    ["PB8", "Dunmoor Compact", "Adults", "Voluntary sector", "CVS", ask("Part", "statutory-unclear"), f("Yearly", 1), "Cllr Z.A.", "Grants Officer", q("s106", "money-unclear", "how much?"), ask("varies", "hours-unclear"), ask("n/a", "rating-unclear"), rt("Low", "low"), ask("end of project", "date-unclear"), None],
    ["PB10", e(None, "name-missing", "no name", "Enter it", blocks="row"), "Place", None, None, None, None, None, "Ranger", money("£1,100", 1100), None, None, None, None, None],
]  # fmt: skip


def dunmoor(folder: Path) -> tuple[Path, dict[str, Any]]:
    exp = Expected("dunmoor.csv", "register")
    grid = _expect(exp, "(file)", DUNMOOR, DUNMOOR_ROWS, first=2)
    exp.ask("scale", "red, amber, green", column="L")
    with (folder / "dunmoor.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.heading for column in DUNMOOR])
        writer.writerows(["" if value is None else value for value in cells] for cells in grid)
    return folder / "dunmoor.csv", exp.doc


ALL = (calder, dunmoor)
