"""Changing one field of many entries: shown first, all or nothing, and undone while nobody else changed one."""

import pytest

from accounts.models import ServiceArea
from accounts.roles import Role
from register.models import Partnership, Priority, PriorityLink, Status
from tests.factories import make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db
CHANGE = "/partnerships/change/"


@pytest.fixture(autouse=True)
def policy(db):
    return put_policy_in_force()


def address(*entries, field=""):
    picked = "&".join(f"pick={entry.reference}" for entry in entries)
    return f"{CHANGE}?list=all%3Dyes&{picked}" + (f"&field={field}" if field else "")


def hidden(page, name):
    return page.select_one(f"input[name={name}]")["value"]


def look(person, where, value, reason="New structure"):
    return person.post(where, {"value": value, "reason": reason})


def save(person, where, page):
    return person.post(where, {name: hidden(page, name) for name in ("value", "reason", "seen")})


def test_was_and_now_are_shown_and_then_each_entry_changes(browse_as):
    place = ServiceArea.objects.create(name="Place")
    growth = ServiceArea.objects.create(name="Growth")
    one, other = make_partnership(name="One", service=place), make_partnership(name="Other")
    so_already = make_partnership(name="So already", service=growth)
    left = make_partnership(name="Left", status=Status.LEFT)
    person = browse_as(Role.REGISTER_MANAGER)
    where = address(one, other, so_already, left, field="service")

    page = look(person, where, growth.pk)

    tables = [
        [cell.get_text(" ", strip=True) for cell in table.select("tbody th, tbody td")]
        for table in page.select("table")
    ]
    assert tables[0] == ["One P-0001", "Place", "Growth", "Other P-0002", "Not known", "Growth"]
    assert tables[1] == [
        "Left P-0004", "Not known", "This entry is left, so it is kept as it was",
        "So already P-0003", "Growth", "It is so already",
    ]  # fmt: skip
    assert page.select_one("form button.govuk-button:not(.govuk-button--secondary)").text == "Change 2 entries"
    assert Partnership.objects.get(pk=one.pk).service == place

    done = save(person, where, page)

    assert done.banner == "2 entries changed. Undo until somebody else changes one of them"
    one.refresh_from_db()
    assert one.service == growth
    version = one.history.first()
    assert (version.history_change_reason, version.by_name) == ("New structure", str(person.user))


def test_undo_puts_back_what_stood_there(browse_as):
    officer = make_user(Role.LEAD_OFFICER, name="D.F.")
    entry = make_partnership(lead_officer_name="Waste Manager")
    person = browse_as(Role.REGISTER_MANAGER)
    where = address(entry, field="lead_officer")
    save(person, where, look(person, where, officer.pk))
    entry.refresh_from_db()
    assert (entry.lead_officer, entry.lead_officer_name) == (officer, "")

    page = person.post(f"{CHANGE}undo/")

    entry.refresh_from_db()
    assert page.banner == "1 entry put back as before"
    assert (entry.lead_officer, entry.lead_officer_name) == (None, "Waste Manager")
    assert person.get(f"{CHANGE}undo/").heading == "There is nothing to undo"


def test_undo_is_refused_once_somebody_else_changed_one(browse_as):
    entry = make_partnership()
    person = browse_as(Role.REGISTER_MANAGER)
    where = address(entry, field="meeting_frequency")
    save(person, where, look(person, where, "quarterly"))
    entry.refresh_from_db()
    entry.change({"purpose": "New"}, by=make_user(Role.LEAD_OFFICER))

    page = person.post(f"{CHANGE}undo/")

    assert "Somebody changed P-0001 since, so this change stays." in page
    assert Partnership.objects.get().meeting_frequency == "quarterly"


def test_nothing_changes_when_somebody_changed_an_entry_meanwhile(browse_as):
    one, other = make_partnership(name="One"), make_partnership(name="Other")
    person = browse_as(Role.REGISTER_MANAGER)
    where = address(one, other, field="meeting_frequency")
    page = look(person, where, "quarterly")
    one.change({"purpose": "New"}, by=make_user(Role.LEAD_OFFICER))

    page = save(person, where, page)

    assert page.errors == ["Somebody changed One while you looked. Look at the changes again, then save"]
    assert set(Partnership.objects.values_list("meeting_frequency", flat=True)) == {""}


def test_a_priority_is_added_taken_out_and_put_back(browse_as):
    priority = Priority.objects.create(code="3", title="Environment")
    entry = make_partnership()
    person = browse_as(Role.REGISTER_MANAGER)

    where = address(entry, field="add_priority")
    save(person, where, look(person, where, priority.pk))
    assert PriorityLink.objects.get().priority == priority

    where = address(entry, field="take_priority")
    save(person, where, look(person, where, priority.pk))
    assert not PriorityLink.objects.exists()

    person.post(f"{CHANGE}undo/")
    assert PriorityLink.objects.get().priority == priority


def test_value_and_reason_are_needed(browse_as):
    page = browse_as(Role.REGISTER_MANAGER).post(
        address(make_partnership(), field="meeting_frequency"), {"value": "", "reason": ""}
    )

    assert page.errors == [
        f"Select the new value: {page.select_one('label[for=id_value]').text.strip()}",
        "Enter why you change it, such as “New head of service from 1 April”",
    ]


def test_a_change_that_was_not_shown_is_not_made(browse_as):
    entry = make_partnership()
    person = browse_as(Role.REGISTER_MANAGER)
    where = address(entry, field="meeting_frequency")
    page = look(person, where, "quarterly")

    person.post(where, {"value": "monthly", "reason": "Sly", "seen": hidden(page, "seen")})
    person.post(where, {"value": "monthly", "reason": "Sly", "seen": "made up"})

    assert Partnership.objects.get().meeting_frequency == ""


def test_all_of_the_list_can_be_chosen(browse_as):
    for name in ("One", "Two"):
        make_partnership(name=name)
    make_partnership(name="Three", status=Status.PROPOSED)

    page = browse_as(Role.REGISTER_MANAGER).get(f"{CHANGE}?all=yes&list=status%3Dactive")

    assert page.heading == "Change 2 entries"


def test_nobody_selected_says_how_to_select(browse_as):
    assert browse_as(Role.REGISTER_MANAGER).get(CHANGE).heading == "No entry is selected"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.REGISTER_MANAGER])
def test_only_the_register_manager_changes_many(browse_as, role):
    entry = make_partnership(lead_officer=make_user(Role.LEAD_OFFICER))

    assert browse_as(role).post(address(entry, field="service")).status == 403
    assert "pick" not in str(browse_as(role).get("/partnerships/?all=yes").select("tbody input"))
