"""An import is one transaction: what it makes, what it leaves alone, how it is undone."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from accounts.roles import Role
from policy.refused import Refused
from register import import_service
from register.models import Contribution, Import, ImportedRow, ListEntry, Organisation, Partnership, Priority, Status
from register.provenance import sources_of
from tests.factories import make_import, make_partnership, make_user

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parents[2] / "fixtures" / "legacy"


def reading_of(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A reading of rows of values, numbered from 2."""
    listed = [
        {"sheet": "Register", "row": number, "values": {"status": "active", **row}}
        for number, row in enumerate(rows, start=2)
    ]
    return {"file": "register.xlsx", "rows": listed, "columns": [], **more}


def expected(name: str) -> dict[str, Any]:
    """A reading as a careful person would make it, with where each value stood."""
    reading = json.loads((FIXTURES / "expected" / f"{name}.json").read_text())
    reading["lists"] = reading.pop("priorities", {})
    for row in reading["rows"]:
        row["sources"] = {
            field: {"cell": f"{column['column']}{row['row']}", "raw": row["values"].get(field), "rule": ""}
            for column in reading["columns"]
            if column.get("sheet", row["sheet"]) == row["sheet"]
            for field in column["fields"]
        }
        for cell in row.get("cleaned", ()):
            for field in cell["fields"]:
                row["sources"][field] = {"cell": cell["cell"], "raw": cell["raw"], "rule": cell["rule"]}
    return reading


def commit(*rows: dict[str, Any], **more: Any) -> Import:
    record = make_import(reading_of(*rows), **more)
    import_service.commit(record, by=record.uploaded_by)
    record.refresh_from_db()
    return record


def test_a_whole_register_comes_in_with_its_parts_and_their_history():
    record = make_import(expected("breckland-style-register"))

    counts = import_service.commit(record, by=record.uploaded_by)

    assert (counts["new"], counts["stopped"]) == (64, 1)
    assert Partnership.objects.count() == 64
    csp = Partnership.objects.get(name="South Marsh Community Safety Partnership (CSP)")
    assert (csp.status, str(csp.contribution_a_year), str(csp.hours_a_month)) == (Status.ACTIVE, "12500.00", "22.00")
    assert [str(person) for person in csp.representatives.order_by("pk")] == [
        "Executive Director (Place)",
        "Cllr Q.Z. (Portfolio Holder – Communities)",
        "Community Safety Manager",
    ]
    assert sorted(link.priority.code for link in csp.priority_links.all()) == ["3.1", "3.4", "3.5"]
    assert [row.year for row in csp.contributions.all()] == [2026]
    assert (csp.starts_on.isoformat(), csp.starts_on_precision) == ("1998-10-01", "day")
    version = csp.history.get()
    assert version.by_name == "K.B."
    assert version.history_change_reason == (
        "Imported from breckland-style-register.xlsx, sheet Register 2015-16, row 7"
    )
    assert csp.contributions.get().history.get().by_name == "K.B."
    assert Priority.objects.get(code="1.1").title == "More and better jobs"
    assert Priority.objects.get(code="1.1").parent.title == "Growing our economy"


def test_every_value_says_from_which_cell_it_came():
    import_service.commit(record := make_import(expected("breckland-style-register")), by=make_user())
    csp = Partnership.objects.get(name__startswith="South Marsh Community Safety Partnership")

    origin = import_service.provenance(csp)

    assert origin["contribution"] == {
        "file": "breckland-style-register.xlsx",
        "sheet": "Register 2015-16",
        "import": record.pk,
        "cell": "J7",
        "raw": "£12,500",
        "rule": "money",
        "holds": True,
    }
    assert (origin["purpose"]["cell"], origin["nature"]["raw"]) == ("C7", "Strategic / Y")


def test_the_same_file_again_changes_nothing():
    import_service.commit(make_import(expected("breckland-style-register")), by=make_user())
    versions = Partnership.history.count()

    plan = import_service.plan_of(again := make_import(expected("breckland-style-register")))

    assert (plan.counts["same"], plan.counts["new"], plan.counts["changed"]) == (64, 0, 0)
    import_service.commit(again, by=make_user())
    assert (Partnership.objects.count(), Partnership.history.count()) == (64, versions)


def test_a_corrected_file_changes_what_was_corrected_and_makes_no_doubles():
    commit({"name": "Fen Forum", "purpose": "Talk", "contribution": 500}, {"name": "Marsh Board"})

    record = commit({"name": "  FEN forum", "purpose": "Talk", "contribution": 750}, {"name": "Marsh Board"})

    forum = Partnership.objects.get(name__iexact="fen forum")
    assert (Partnership.objects.count(), str(forum.contribution_a_year), forum.version) == (2, "750.00", 2)
    assert str(forum.contributions.get().amount) == "750.00"
    row = record.rows.get(partnership=forum)
    assert (row.action, row.before["contribution"]) == ("changed", "500.00")
    assert "row 2" in forum.history.first().history_change_reason


def test_a_row_is_found_again_by_the_councils_own_reference():
    commit({"ref": "P07", "name": "Fen Forum"})

    commit({"ref": "p07", "name": "Fen and Marsh Forum"})

    assert Partnership.objects.get().name == "Fen and Marsh Forum"


def test_what_a_person_changed_since_stays_unless_the_file_is_chosen():
    manager = make_user(Role.REGISTER_MANAGER)
    commit({"name": "Fen Forum", "purpose": "Talk", "area": "Fens"})
    Partnership.objects.get().change({"purpose": "Talk and act"}, by=manager, reason="Agreed")
    corrected = make_import(reading_of({"name": "Fen Forum", "purpose": "Talk more", "area": "Fens and marsh"}))

    row = import_service.plan_of(corrected).rows[0]

    assert row.changes == {"area": ("Fens", "Fens and marsh")}
    assert row.conflicts == {"purpose": ("Talk", "Talk and act", "Talk more")}
    import_service.choose(corrected, {"Register!2:purpose": "file"})
    import_service.commit(corrected, by=manager)
    assert Partnership.objects.get().purpose == "Talk more"


def test_an_unchanged_file_does_not_turn_back_what_a_person_changed():
    commit({"name": "Fen Forum", "purpose": "Talk"})
    Partnership.objects.get().change({"purpose": "Act"}, by=make_user(Role.REGISTER_MANAGER))

    commit({"name": "Fen Forum", "purpose": "Talk"})

    assert Partnership.objects.get().purpose == "Act"


def test_an_empty_cell_clears_nothing():
    commit({"name": "Fen Forum", "purpose": "Talk", "contribution": 500})

    commit({"name": "Fen Forum", "purpose": None, "contribution": None})

    forum = Partnership.objects.get()
    assert (forum.purpose, str(forum.contribution_a_year)) == ("Talk", "500.00")


def test_an_entry_made_by_hand_is_filled_where_it_is_empty_and_asked_about_where_it_differs():
    make_partnership(name="Fen Forum", purpose="By hand")

    record = make_import(reading_of({"name": "Fen Forum", "purpose": "From file", "area": "Fens"}))

    row = import_service.plan_of(record).rows[0]
    assert (row.changes, row.conflicts) == ({"area": (None, "Fens")}, {"purpose": (None, "By hand", "From file")})


def test_a_stopped_row_and_a_repeated_name_stay_out():
    reading = reading_of({"name": None, "purpose": "No name"}, {"name": "Fen Forum"}, {"name": "fen  forum"})
    reading["rows"][0]["errors"] = [
        {"cell": "A2", "code": "name-missing", "message": "The row has no name.", "fix": "Enter it.", "blocks": "row"}
    ]
    record = make_import(reading)

    plan = import_service.plan_of(record)
    import_service.commit(record, by=record.uploaded_by)

    assert [(row.action, row.why) for row in plan.rows] == [
        ("stopped", "The row has no name. Enter it."),
        ("new", ""),
        ("stopped", "Row 3 has the same name. Give this one another name, or take it out."),
    ]
    assert Partnership.objects.count() == 1


def test_a_row_with_an_open_question_about_itself_comes_in_as_proposed():
    reading = reading_of({"name": "Officers' Network"}, {"name": "Old Board", "status": "ended"})
    reading["rows"][0]["asks"] = [{"cell": "A2", "fields": ["name"], "code": "not-a-partnership", "question": "Keep?"}]
    import_service.commit(make_import(reading), by=make_user())

    states = dict(Partnership.objects.values_list("name", "status"))
    assert states == {"Officers' Network": Status.PROPOSED, "Old Board": Status.LEFT}


def test_one_bad_row_stops_everything():
    """A fault that nobody foresaw must not leave half a register."""
    record = make_import(reading_of({"name": "Fen Forum"}, {"name": "Marsh Board", "start_date": "not a day"}))

    with pytest.raises(ValueError, match="not a day"):
        import_service.commit(record, by=record.uploaded_by)

    record.refresh_from_db()
    assert (Partnership.objects.count(), ImportedRow.objects.count(), record.state) == (0, 0, "read")


def test_an_import_cannot_be_done_twice():
    record = commit({"name": "Fen Forum"})

    with pytest.raises(Refused, match="imported already"):
        import_service.commit(record, by=record.uploaded_by)


def test_members_join_their_partnerships_and_bodies_carry_their_appointments():
    import_service.commit(make_import(expected("redditch-style-database")), by=make_user())
    import_service.commit(make_import(expected("outside-bodies")), by=make_user())

    parts = Partnership.objects.get(own_reference="P03").memberships.select_related("organisation")
    assert parts.count() >= 1
    assert Organisation.objects.exclude(sector="").exists()
    bodies = Partnership.objects.filter(status=Status.OUTSIDE_BODY)
    assert bodies.count() >= 25
    network = Partnership.objects.get(name="Rural Services Network")
    person = network.representatives.get()
    assert (person.name, person.appointed_by, person.term, person.starts_on.isoformat()) == (
        "Cllr J.K.",
        "Cabinet",
        "annual",
        "2015-05-19",
    )


def test_undoing_takes_everything_out_again_and_keeps_the_history():
    make_partnership(name="Already here")
    record = make_import(expected("breckland-style-register"))
    import_service.commit(record, by=record.uploaded_by)
    record.refresh_from_db()

    assert import_service.in_the_way_of_undo(record) == []
    import_service.undo(record, by=record.uploaded_by)

    assert [one.name for one in Partnership.objects.all()] == ["Already here"]
    assert (Contribution.objects.count(), Organisation.objects.count(), Priority.objects.count()) == (0, 0, 0)
    last = Partnership.history.filter(name__startswith="South Marsh Community").first()
    assert (last.history_type, last.history_change_reason) == (
        "-",
        "Import of breckland-style-register.xlsx undone",
    )
    again = make_import(expected("breckland-style-register"))
    assert import_service.commit(again, by=record.uploaded_by)["new"] == 64


def test_undoing_a_correction_puts_back_what_was_there():
    commit({"name": "Fen Forum", "purpose": "Talk", "partners": ["A", "B"], "contribution": 500})
    record = commit(
        {"name": "Fen Forum", "purpose": "Act", "partners": ["B", "C"], "contribution": 900, "start_date": "2014-09"}
    )
    forum = Partnership.objects.get()
    assert sorted(str(each.organisation) for each in forum.memberships.all()) == ["B", "C"]

    import_service.undo(record, by=record.uploaded_by)

    forum.refresh_from_db()
    assert (forum.purpose, str(forum.contribution_a_year), forum.starts_on) == ("Talk", "500.00", None)
    assert sorted(str(each.organisation) for each in forum.memberships.all()) == ["A", "B"]


def test_what_changed_since_stands_in_the_way_by_name():
    record = commit({"name": "Fen Forum"}, {"name": "Marsh Board"})
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    Partnership.objects.get(name="Marsh Board").change({"purpose": "Drains"}, by=manager)

    assert import_service.in_the_way_of_undo(record) == ["P-0002 Marsh Board was changed since by T.W."]
    with pytest.raises(Refused, match="Marsh Board was changed since by T"):
        import_service.undo(record, by=record.uploaded_by)
    assert Partnership.objects.count() == 2


def test_a_record_that_refers_to_an_entry_stands_in_the_way_by_name():
    record = commit({"name": "Fen Forum"})
    forum = Partnership.objects.get()
    make_partnership(name="Fen Sub-group", parent=forum)

    assert import_service.in_the_way_of_undo(record) == ["P-0001 Fen Forum has a partnership: Fen Sub-group"]


def test_a_sub_group_finds_its_partnership_whatever_the_order():
    commit({"ref": "P02", "name": "Sub-group", "parent_ref": "P01"}, {"ref": "P01", "name": "Board"})

    assert Partnership.objects.get(name="Sub-group").parent.name == "Board"


def test_the_ten_thousandth_entry_gets_a_reference_of_its_own():
    partnership = make_partnership(name="Nine thousand nine hundred and ninety-ninth")
    Partnership.history.filter(id=partnership.pk).update(reference="P-9999")
    record = commit({"name": "One"}, {"name": "Two"})

    assert sorted(record.rows.values_list("reference", flat=True)) == ["P-10000", "P-10001"]


def test_the_search_finds_an_imported_partner_and_person():
    commit({"name": "Fen Forum", "partners": ["Drainage Board"], "representatives": [{"who": "Cllr Q.Z."}]})

    assert Partnership.objects.search("drainage").count() == 1
    assert Partnership.objects.search("cllr q.z.").count() == 1


@pytest.mark.parametrize("rows", [20, 200])
def test_the_number_of_statements_grows_by_batches_not_by_rows(django_assert_max_num_queries, rows):
    """An import is linear; a statement a row would be seen here."""
    listed = [{"name": f"Board {n}", "partners": ["A", f"B{n}"], "contribution": n, "risk": "low"} for n in range(rows)]
    record = make_import(reading_of(*listed))

    with django_assert_max_num_queries(70):
        import_service.commit(record, by=record.uploaded_by)


def test_a_reading_is_left_as_it_was():
    reading = expected("breckland-style-register")
    before = copy.deepcopy(reading)

    import_service.plan_of(make_import(reading))

    assert reading == before


def test_a_joined_row_fills_what_the_other_leaves_empty_and_a_left_out_row_stays_out():
    reading = reading_of(
        {"name": "Fen Forum", "purpose": "Talk"},
        {"name": "Fen Forum (FF)", "purpose": "x", "area": "Fens"},
        {"name": "SLA"},
    )
    reading["rows"][1]["decision"] = {"join": 2}
    reading["rows"][2]["decision"] = "leave out"

    import_service.commit(make_import(reading), by=make_user())

    forum = Partnership.objects.get()
    assert (forum.name, forum.purpose, forum.area) == ("Fen Forum", "Talk", "Fens")


def test_a_remark_at_a_cell_is_kept_in_the_comments():
    reading = reading_of({"name": "Fen Forum", "notes": "Keep"})
    reading["rows"][0]["comments"] = [{"cell": "B2", "text": "Ask Finance"}]

    import_service.commit(make_import(reading), by=make_user())

    assert Partnership.objects.get().comments == "Keep\nRemark at cell B2: Ask Finance"


def test_themes_and_areas_join_the_councils_own_lists_and_leave_with_the_import():
    record = commit(
        {"name": "Fen Forum", "theme": "Health"}, {"name": "Marsh Board", "theme": "Health", "area": "Fens"}
    )
    assert list(ListEntry.objects.values_list("list_id", "value").order_by("list_id")) == [
        ("areas", "Fens"),
        ("themes", "Health"),
    ]

    import_service.undo(record, by=record.uploaded_by)

    assert ListEntry.objects.count() == 0


def test_words_that_the_policy_has_no_value_for_are_kept_in_the_comments():
    record = make_import(
        reading_of({"name": "Fen Forum", "partnership_type": "Joint", "role": ["control", "influence"]})
    )

    remarks = import_service.plan_of(record).rows[0].remarks

    assert remarks == [
        "Type “Joint” is kept in the comments: the policy in force has no place for it",
        "Role “control, influence” is kept as a note: choose one role in the register",
    ]


def test_a_value_changed_here_since_no_longer_points_to_its_cell(django_assert_num_queries):
    import_service.commit(make_import(expected("breckland-style-register")), by=make_user())
    csp = Partnership.objects.get(name__startswith="South Marsh Community Safety Partnership")

    with django_assert_num_queries(1):
        sources = sources_of(csp)
    assert sources["purpose"].words == "from breckland-style-register.xlsx, cell C7"
    csp.change({"purpose": "Another"}, by=make_user(Role.REGISTER_MANAGER))

    assert "purpose" not in sources_of(csp)
