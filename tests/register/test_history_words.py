"""The history in words, and the register as it was at a moment."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from register import history_words
from register.facts import Fact
from register.history_words import Difference, word_by_word
from register.models import Contribution, Membership, Organisation, Partnership
from register.models.history import historical
from tests.factories import make_contribution, make_partnership, make_user, put_policy_in_force

MONEY = Fact("amount", "Budget contribution", "money")


class Version:
    """A version as the functions read it."""

    def __init__(self, **values):
        self.__dict__.update(values)


def told(fact, old, new, names=None):
    found = history_words.differences([fact], Version(**{fact.name: old}), Version(**{fact.name: new}), names or {})
    return [difference.sentence for difference in found]


@pytest.mark.parametrize(
    ("fact", "old", "new", "sentence"),
    [
        (MONEY, Decimal("12500.00"), Decimal(14000), "Budget contribution changed from £12,500 to £14,000"),
        (MONEY, None, Decimal(0), "Budget contribution set to £0"),
        (MONEY, Decimal(5), None, "Budget contribution emptied; it was £5"),
        (Fact("h", "Staff time", "hours"), Decimal(20), Decimal("86.7"),
         "Staff time changed from 20 hours a month to 86.7 hours a month"),
        (Fact("n", "Nature", "choice", options={"s": "Strategic", "o": "Operational"}), "s", "o",
         "Nature changed from Strategic to Operational"),
        (Fact("n", "Nature", "choice", options={}), "gone", "", "Nature emptied; it was gone"),
        (Fact("y", "Required by law", "yes_no"), None, False, "Required by law set to No"),
        (Fact("m", "Arrangements", "multi_choice", options={"a": "Reports", "b": "Indicators"}), ["a"], ["a", "b"],
         "Arrangements changed from Reports to Reports; Indicators"),
        (Fact("t", "Purpose", "long_text"), "One plan", "One local plan", "Purpose reworded"),
    ],
)  # fmt: skip
def test_a_difference_is_a_sentence(fact, old, new, sentence):
    assert told(fact, old, new) == [sentence]


@pytest.mark.parametrize(
    ("fact", "old", "new"),
    [
        (MONEY, Decimal("5.00"), Decimal(5)),
        (Fact("t", "Purpose", "long_text"), None, ""),
        (Fact("m", "Arrangements", "multi_choice"), [], None),
        (Fact("t", "Purpose", "long_text"), "a\r\nb", "a\nb"),
    ],
)
def test_what_reads_the_same_is_no_difference(fact, old, new):
    assert told(fact, old, new) == []


def test_other_records_are_told_by_name():
    fact = Fact("lead_officer_id", "Lead officer", "person")

    assert told(fact, 3, 4, {"person": {3: "D.F.", 4: "K.D."}}) == ["Lead officer changed from D.F. to K.D."]


def test_long_texts_are_told_word_by_word():
    pieces = word_by_word("One plan for three councils", "One local plan for four councils")

    assert [(piece.kind, piece.text.strip()) for piece in pieces] == [
        ("same", "One"),
        ("in", "local"),
        ("same", "plan for"),
        ("out", "three"),
        ("in", "four"),
        ("same", "councils"),
    ]


def test_who_and_why_end_the_sentence():
    assert Difference("Cost", "£1", "£2").sentence + history_words.ending("D.F.", "agreed on 14 October.") == (
        "Cost changed from £1 to £2 by D.F., because “agreed on 14 October”"
    )


# --- The page ---------------------------------------------------------------------------------


@pytest.fixture
def partnership(db):
    put_policy_in_force()
    manager = make_user(Role.REGISTER_MANAGER, name="T.W.")
    made = make_partnership(by=manager, name="Marsh Forum", purpose="One plan", comments="Old")
    made.change({"purpose": "One local plan", "nature": "strategic"}, by=manager, reason="Agreed in May")
    organisation = Organisation.objects.create(name="Fenwold District Council")
    Membership(partnership=made, organisation=organisation).keep(by=make_user(Role.LEAD_OFFICER, name="D.F."))
    row = make_contribution(made, 12_500)
    row.amount = Decimal(14_000)
    row.keep(by=manager, reason="three-year share")
    return made


def history(browse_as, partnership, **wanted):
    return browse_as(Role.AUDITOR).get(reverse("register:history", args=[partnership.reference]), wanted)


def test_the_history_tells_the_entry_and_its_rows(browse_as, partnership):
    page = history(browse_as, partnership)

    for sentence in (
        "Marsh Forum put on the register",
        "Strategic or operational set to Strategic",
        "because “Agreed in May”",
        "Partner added: Fenwold District Council by D.F.",
        "Contribution added: 2026 to 2027, £12,500",
        "Contribution 2026 to 2027: Amount changed from £12,500 to £14,000 by T.W., because “three-year share”",
    ):
        assert sentence in page.words
    assert page.select_one("ins.app-now").text.strip() == "local"


@pytest.mark.parametrize(
    ("wanted", "told", "untold"),
    [
        ({"what": "partners"}, "Partner added", "Contribution"),
        ({"who": "D.F."}, "Partner added", "Contribution added"),
        ({"what": "money"}, "Contribution added", "Partner added"),
    ],
)
def test_the_history_is_filtered(browse_as, partnership, wanted, told, untold):
    said = " ".join(
        item.get_text(" ") for item in history(browse_as, partnership, **wanted).select("main .app-work li")
    )

    assert told in said
    assert untold not in said


def test_days_that_cannot_be_read_say_so_and_stay(browse_as, partnership):
    page = history(browse_as, partnership, since="soon")

    assert "Enter the days like 31/3/2026 or 31 March 2026" in page.words
    assert page.select_one("#since")["value"] == "soon"


def test_a_past_filter_is_empty_in_words(browse_as, partnership):
    assert "No change fits this filter" in history(browse_as, partnership, until="1/1/2020").words


# --- As it was --------------------------------------------------------------------------------


def at(version, moment):
    version.history_date = moment
    version.save()


@pytest.mark.django_db
def test_the_register_as_it_was_takes_one_version_an_entry():
    """The later row counts when two versions share a moment; an entry taken out, or not yet there, is not in it."""
    manager = make_user(Role.REGISTER_MANAGER)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    entry = make_partnership(by=manager, purpose="First")
    for version in entry.history.all():
        at(version, start)
    entry.change({"purpose": "Second"}, by=manager)
    entry.change({"purpose": "Third"}, by=manager)
    later = entry.history.order_by("-history_id")[:2]
    for version in later:
        at(version, start + timedelta(days=10))
    row = make_contribution(entry, 5)
    row.take_out(by=manager, reason="Entered twice")

    def purposes(days):
        return list(Partnership.objects.historical(start + timedelta(days=days)).values_list("purpose", flat=True))

    assert purposes(-1) == []
    assert purposes(1) == ["First"]
    assert purposes(10) == ["Third"]
    assert not historical(Contribution, datetime(2100, 1, 1, tzinfo=UTC)).exists()


@pytest.mark.django_db
def test_the_index_of_our_own_is_there():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "register_historicalpartnership")

    assert found["register_partnership_at"]["columns"] == ["id", "history_date", "history_id"]
