"""Changing an entry: what changes is shown first, nobody's words are lost, two people do not overwrite each other."""

import re
import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.urls import reverse

from accounts.roles import Role
from policy.models import PolicyVersion
from policy.reading import pack_files, read_pack_file
from policy.refused import Refused
from register import services
from register.facts import Asked, values_of
from register.models import Contribution, Membership, Organisation, Partnership, Representative
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

pytestmark = pytest.mark.django_db

IDENTITY = {
    "name": "Marsh Forum",
    "purpose": "One plan",
    "nature": "operational",
    "is_statutory": "False",
    "has_statutory_duty": "",
    "meeting_frequency": "quarterly",
    "meeting_note": "",
    "meetings_a_year": "",
    "statutory_note": "",
    "local-brk-a07": "",
}


@pytest.fixture
def lead(db):
    return make_user(Role.LEAD_OFFICER, name="D.F.")


@pytest.fixture
def partnership(lead):
    version = put_policy_in_force()
    return make_partnership(
        policy_version=version,
        name="Marsh Forum",
        purpose="One plan",
        nature="operational",
        is_statutory=False,
        meeting_frequency="quarterly",
        lead_officer=lead,
    )


def section(partnership, name="identity"):
    return reverse("register:change_section", args=[partnership.reference, name])


def hidden(page, name="carried"):
    return page.select_one(f"input[name={name}]")["value"]


def typed(form, **values):
    return IDENTITY | values | {"carried": hidden(form)}


def said(page):
    return " ".join(page.select_one("main").get_text(" ").split())


# --- From the form to saved -------------------------------------------------------------------


def test_the_form_asks_the_packs_questions_with_what_is_known(browse_as, partnership, lead):
    form = browse_as(lead).get(section(partnership))

    assert form.heading == "Change “What it is”"
    assert form.select_one("#id_name")["value"] == "Marsh Forum"
    assert form.select_one("textarea#id_purpose").text.strip() == "One plan"
    assert form.select_one("input[name=nature][value=operational]").has_attr("checked")
    assert not form.select("input[name=has_statutory_duty][value=True][checked]")


def test_what_changes_is_shown_then_saved_with_its_reason(browse_as, partnership, lead):
    browser = browse_as(lead)
    form = browser.get(section(partnership))

    check = browser.post(section(partnership), typed(form, nature="strategic", meeting_note="At the depot"))

    assert check.heading == "What changes"
    assert check.select_one("button[value=save]").text == "Save 2 changes"
    assert "Strategic or operational Operational" in said(check)
    partnership.refresh_from_db()
    assert partnership.nature == "operational"  # shown, not saved yet

    done = browser.post(
        section(partnership), {"carried": hidden(check), "do": "save", "reason": "agreed on 14 October"}
    )

    assert done.heading == "Details"
    assert done.banner == "Strategic or operational and Note on meetings changed"
    partnership.refresh_from_db()
    assert (partnership.nature, partnership.meeting_note) == ("strategic", "At the depot")
    version = partnership.history.first()
    assert (version.by_name, version.history_change_reason) == ("D.F.", "agreed on 14 October")


@pytest.fixture
def wants_reasons(db):
    """A policy that wants a reason for each change."""
    text = next(path for path in pack_files() if path.stem == "breckland-2015").read_text(encoding="utf-8")
    setting = "{id: reason-for-change, standing: proposed, label: A reason for each change, value: required}"
    PolicyVersion.objects.load(
        text.replace("settings:", f"settings:\n  - {setting}", 1), by=None, in_force_from=date(2020, 1, 1)
    )
    return PolicyVersion.objects.get()


def test_a_policy_may_want_a_reason_for_each_change(browse_as, lead, wants_reasons):
    entry = make_partnership(policy_version=wants_reasons, name="Marsh Forum", lead_officer=lead)
    browser = browse_as(lead)
    check = browser.post(section(entry), typed(browser.get(section(entry)), purpose="Two plans"))

    refused = browser.post(section(entry), {"carried": hidden(check), "do": "save", "reason": ""})

    assert check.select_one("label[for=id_reason]").text.strip() == "Why do you change this?"
    assert refused.errors == ["Say why you change this"]
    assert not Partnership.objects.filter(purpose="Two plans").exists()
    browser.post(section(entry), {"carried": hidden(refused), "do": "save", "reason": "Agreed in May"})
    assert Partnership.objects.get().purpose == "Two plans"


def test_the_door_wants_the_reason_that_the_policy_wants(lead, wants_reasons):
    entry = make_partnership(policy_version=wants_reasons, name="Marsh Forum", purpose="One plan")
    facts = [fact for fact in Asked(wants_reasons.policy, today=date(2026, 11, 20)).entry if fact.name == "purpose"]

    with pytest.raises(Refused, match="Say why you change this"):
        services.save_changes(
            entry,
            facts,
            opened=values_of(entry, facts),
            typed={"purpose": "Two plans"},
            by=lead,
            reason=" ",
            version=wants_reasons,
        )


def test_a_fact_that_another_answer_makes_needless_stays_as_it_was(browse_as, partnership, lead):
    browser = browse_as(lead)
    form = browser.get(section(partnership))

    check = browser.post(section(partnership), typed(form, purpose="Two plans", statutory_note="Some law"))
    asked = browser.post(section(partnership), typed(form, is_statutory="True", statutory_note="Some law"))

    assert form.select_one("[data-app-shown-with=is_statutory] #id_statutory_note")
    assert "Some law" not in said(check)
    assert "Which law Not known Some law" in said(asked)


def test_back_keeps_what_was_typed(browse_as, partnership, lead):
    browser = browse_as(lead)
    check = browser.post(section(partnership), typed(browser.get(section(partnership)), purpose="Two plans"))

    form = browser.post(section(partnership), {"carried": hidden(check), "do": "back"})

    assert form.select_one("textarea#id_purpose").text.strip() == "Two plans"


def test_nothing_changed_says_so(browse_as, partnership, lead):
    browser = browse_as(lead)

    page = browser.post(section(partnership), typed(browser.get(section(partnership))))

    assert "You changed nothing" in page.words
    partnership.refresh_from_db()
    assert partnership.version == 2  # proposed and moved


def test_wrong_input_says_what_to_do_and_keeps_what_was_typed(browse_as, partnership, lead):
    browser = browse_as(lead)
    form = browser.get(section(partnership))

    page = browser.post(section(partnership), typed(form, name="", meetings_a_year="often", purpose="Kept words"))

    assert page.errors == [
        "Enter the name of the partnership",
        "Enter the meetings a year as a figure, like 12",
    ]
    assert page.select_one(".govuk-error-summary a")["href"] == "#id_name"
    assert page.select_one("textarea#id_purpose").text.strip() == "Kept words"
    assert page.select_one("#id_meetings_a_year")["value"] == "often"


def test_another_entrys_name_is_refused_at_the_field(browse_as, partnership, lead):
    make_partnership(name="Coast Forum")
    browser = browse_as(lead)

    page = browser.post(section(partnership), typed(browser.get(section(partnership)), name="COAST FORUM"))

    assert page.errors == [
        "A partnership of this name is already on the register. Open it, or give this one another name"
    ]
    assert page.select_one("#id_name")["value"] == "COAST FORUM"


def test_a_fact_of_the_packs_own_is_kept_with_the_entry(browse_as, partnership, lead):
    browser = browse_as(lead)
    check = browser.post(section(partnership), typed(browser.get(section(partnership)), **{"local-brk-a07": "True"}))

    browser.post(section(partnership), {"carried": hidden(check), "do": "save"})

    partnership.refresh_from_db()
    assert partnership.local_values == {"brk-a07": True}


def test_values_changed_on_the_way_are_not_taken(browse_as, partnership, lead):
    browser = browse_as(lead)
    form = browser.get(section(partnership))

    page = browser.post(section(partnership), typed(form, name="Other") | {"carried": hidden(form)[:-3] + "abc"})

    assert page.heading == "Nothing was saved"
    partnership.refresh_from_db()
    assert partnership.name == "Marsh Forum"


@pytest.mark.parametrize("hours", [("20", 20), ("5 hrs a week", Decimal("21.67"))])
def test_hours_may_be_typed_by_the_week(browse_as, partnership, lead, hours):
    text, kept = hours
    browser = browse_as(lead)
    form = browser.get(section(partnership, "money"))
    data = {field["name"]: field.get("value", "") for field in form.select("input[type=text]")}

    check = browser.post(section(partnership, "money"), data | {"carried": hidden(form), "hours_a_month": text})
    browser.post(section(partnership, "money"), {"carried": hidden(check), "do": "save"})

    partnership.refresh_from_db()
    assert partnership.hours_a_month == kept


# --- Whose entry it is ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        ("change_section", "identity"),
        ("add_row", "partners"),
        ("add_row", "money"),
        ("add_row", "documents"),
    ],
)
def test_another_lead_officer_does_not_find_the_pages_of_change(browse_as, partnership, address):
    name, part = address
    other = browse_as(Role.LEAD_OFFICER)
    path = reverse(f"register:{name}", args=[partnership.reference, part])

    assert other.get(path).status == 404
    assert other.post(path, {"do": "save"}).status == 404
    assert browse_as(Role.AUDITOR).get(path).status == 403


def test_a_representative_with_an_account_may_change_the_entry(browse_as, partnership):
    attends = make_user(Role.LEAD_OFFICER)
    Representative(partnership=partnership, name="X", user=attends).keep(by=attends)

    assert browse_as(attends).get(section(partnership)).status == 200


def test_an_unknown_section_is_not_found(browse_as, partnership, lead):
    assert browse_as(lead).get(section(partnership, "nowhere")).status == 404


# --- Two people -------------------------------------------------------------------------------


def test_changes_of_different_facts_are_both_kept(browse_as, partnership, lead):
    mine, theirs = browse_as(lead), browse_as(Role.REGISTER_MANAGER)
    my_form, their_form = mine.get(section(partnership)), theirs.get(section(partnership))
    their_check = theirs.post(section(partnership), typed(their_form, nature="strategic"))
    theirs.post(section(partnership), {"carried": hidden(their_check), "do": "save"})

    my_check = mine.post(section(partnership), typed(my_form, purpose="Three plans"))

    assert "Somebody else changed Strategic or operational meanwhile. That stays as they left it" in my_check.words
    mine.post(section(partnership), {"carried": hidden(my_check), "do": "save"})
    partnership.refresh_from_db()
    assert (partnership.nature, partnership.purpose) == ("strategic", "Three plans")


@pytest.fixture
def clash(browse_as, partnership, lead):
    """My purpose against another person's: the browser and the page of three columns."""
    mine = browse_as(lead)
    my_check = mine.post(section(partnership), typed(mine.get(section(partnership)), purpose="Mine"))
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    Partnership.objects.get(pk=partnership.pk).change({"purpose": "Theirs"}, by=manager)
    page = mine.post(section(partnership), {"carried": hidden(my_check), "do": "save", "reason": ""})
    return mine, page


def test_the_same_fact_shows_three_values_and_chooses_none(clash, partnership):
    _, page = clash

    assert page.heading == "Somebody else changed it"
    cells = [" ".join(cell.get_text(" ").split()) for cell in page.select("tbody td")]
    assert cells[0] == "One plan"
    assert re.fullmatch(r"Theirs T\.W\., \d+ \w+ \d{4} at .+", cells[1])
    assert cells[2] == "Mine not saved yet"
    assert not page.select("input[checked]")
    partnership.refresh_from_db()
    assert partnership.purpose == "Theirs"


@pytest.mark.parametrize(("choice", "kept"), [("mine", "Mine"), ("theirs", "Theirs")])
def test_the_person_chooses_what_is_kept(clash, partnership, choice, kept):
    browser, page = clash
    chosen = {"carried": hidden(page), "seen": hidden(page, "seen"), "do": "choose", "choose-purpose": choice}

    after = browser.post(section(partnership), chosen)
    if choice == "mine":
        assert after.heading == "What changes"
        browser.post(section(partnership), {"carried": hidden(after), "do": "save"})
    else:
        assert "You changed nothing" in after.words

    partnership.refresh_from_db()
    assert partnership.purpose == kept


def test_choosing_nothing_is_an_error_that_leads_to_the_choice(clash, partnership):
    browser, page = clash

    again = browser.post(section(partnership), {"carried": hidden(page), "seen": hidden(page, "seen"), "do": "choose"})

    assert again.errors == ["Select which one is kept: what it is for"]
    assert again.select_one(".govuk-error-summary a")["href"] == "#id_choose-purpose_0"


def test_a_third_change_meanwhile_is_shown_before_anything_is_replaced(clash, partnership):
    browser, page = clash
    manager = make_user(Role.REGISTER_MANAGER, name="S.P.")
    Partnership.objects.get(pk=partnership.pk).change({"purpose": "Newer"}, by=manager)

    again = browser.post(
        section(partnership),
        {"carried": hidden(page), "seen": hidden(page, "seen"), "do": "choose", "choose-purpose": "mine"},
    )

    assert again.heading == "Somebody else changed it"
    assert "Newer S.P." in again.words


@pytest.mark.django_db(transaction=True)
def test_two_people_saving_at_once_lose_nothing():
    """Two threads save twenty times each, each another fact of one entry and of one row."""
    policy = read_pack_file(pack_files()[0]).policy  # kept out of the database: its guard stops the clean-up
    manager = make_user(Role.REGISTER_MANAGER)
    partnership = make_partnership()
    row = make_contribution(partnership, 1, year=2026)
    version_before = Partnership.objects.get(pk=partnership.pk).version
    problems = []

    def save(name, values):
        try:
            asked = Asked(policy, today=partnership.created_at.date())
            entry_facts = [fact for fact in asked.entry if fact.name == name]
            row_facts = [fact for fact in asked.row_facts(Contribution) if fact.name == "note"]
            for value in values:
                entry = Partnership.objects.get(pk=partnership.pk)
                services.save_changes(
                    entry,
                    entry_facts,
                    opened=values_of(entry, entry_facts),
                    typed={name: value},
                    by=manager,
                    reason=value,
                )
                if name == "purpose":
                    one = Contribution.objects.get(pk=row.pk)
                    services.save_changes(
                        one,
                        row_facts,
                        opened=values_of(one, row_facts),
                        typed={"note": value},
                        by=manager,
                        reason=value,
                    )
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=save, args=("purpose", [f"purpose {number}" for number in range(20)])),
        threading.Thread(target=save, args=("comments", [f"comment {number}" for number in range(20)])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    partnership.refresh_from_db()
    assert (partnership.purpose, partnership.comments) == ("purpose 19", "comment 19")
    # Twenty saves of each fact, and one step of the entry for each of the row's twenty.
    assert partnership.version == version_before + 60
    reasons = set(partnership.history.values_list("history_change_reason", flat=True))
    assert {f"purpose {number}" for number in range(20)} | {f"comment {number}" for number in range(20)} <= reasons
    assert connection.vendor in ("sqlite", "postgresql")


# --- Rows -------------------------------------------------------------------------------------


def add(partnership, slug):
    return reverse("register:add_row", args=[partnership.reference, slug])


def test_a_contribution_sets_the_yearly_figure(browse_as, partnership, lead):
    data = {"year": "2026", "amount": "£100,001", "is_in_kind": "False", "is_outside_budget": "True"}

    page = browse_as(lead).post(add(partnership, "money"), data)

    assert page.heading == "Money and time"
    partnership.refresh_from_db()
    assert partnership.contribution_a_year == 100_001
    assert partnership.unbudgeted_a_year == 100_001


def test_a_changed_contribution_is_shown_first_and_sets_the_figure_anew(browse_as, partnership, lead):
    row = make_contribution(partnership, 12_500)
    path = reverse("register:change_row", args=[partnership.reference, "money", row.pk])
    browser = browse_as(lead)
    form = browser.get(path)
    data = {"year": "2026", "amount": "14k", "is_in_kind": "False", "is_outside_budget": "False"}

    check = browser.post(path, data | {"carried": hidden(form)})
    assert "£12,500 £14,000" in said(check)
    assert "The council’s contribution becomes £14,000 a year" in said(check)
    browser.post(path, {"carried": hidden(check), "do": "save", "reason": "three-year share"})

    partnership.refresh_from_db()
    assert partnership.contribution_a_year == 14_000


def test_a_partner_is_added_by_name_and_found_by_search(browse_as, partnership, lead):
    Organisation.objects.create(name="Fenwold District Council")
    data = {"organisation_id": "fenwold district council", "is_lead": "True"}

    browse_as(lead).post(add(partnership, "partners"), data)

    assert Organisation.objects.get().name == "Fenwold District Council"
    assert Membership.objects.get().is_lead
    assert Partnership.objects.search("fenwold").get() == partnership


def test_a_second_lead_partner_is_refused_at_the_field(browse_as, partnership, lead):
    browser = browse_as(lead)
    browser.post(add(partnership, "partners"), {"organisation_id": "One", "is_lead": "True"})

    page = browser.post(add(partnership, "partners"), {"organisation_id": "Two", "is_lead": "True"})

    assert page.errors == ["Only one organisation leads. Take the mark from the other first"]
    assert page.select_one("#id_organisation_id")["value"] == "Two"


@pytest.mark.parametrize(
    ("slug", "data", "error"),
    [
        ("representatives", {"is_vacant": "False", "is_substitute": "False"},
         "Enter the representative's name, or mark the place as vacant"),
        ("money", {"year": "2026", "amount": "lots", "is_in_kind": "False", "is_outside_budget": "False"},
         "Enter the amount in pounds, like 12500"),
        ("actions", {"text": "", "owner_name": "T.W."}, "Say what is to be done"),
        ("documents", {"title": "Plan"}, "Choose a file, or enter the address where the document is"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_kept_says_what_to_do(browse_as, partnership, slug, data, error):
    page = browse_as(partnership.lead_officer).post(add(partnership, slug), data)

    assert page.errors == [error]


def test_a_row_is_taken_out_with_a_reason_and_the_history_keeps_it(browse_as, partnership, lead):
    row = make_contribution(partnership, 12_500)
    path = reverse("register:take_out_row", args=[partnership.reference, "money", row.pk])
    browser = browse_as(lead)

    assert browser.post(path, {"reason": ""}).errors == ["Say why this contribution is taken out"]
    browser.post(path, {"reason": "Entered twice"})

    assert not partnership.contributions.exists()
    partnership.refresh_from_db()
    assert partnership.contribution_a_year is None
    history = browser.get(reverse("register:history", args=[partnership.reference]))
    assert "Contribution taken out: 2026 to 2027, £12,500" in history.words
    assert "because “Entered twice”" in history.words
