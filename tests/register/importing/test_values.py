"""One cell at a time: what is clean, what is asked, what is wrong."""

import datetime as dt

import pytest

from register.importing import people, values, words
from register.importing.values import HERE, Ask, Clean, HoursColumn, MoneyColumn, Wrong


def here(outcome: values.Outcome) -> object:
    """The value of a clean cell; of others the code, so that a table can hold both."""
    return outcome.values.get(HERE) if isinstance(outcome, Clean) else outcome.code


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("£12,500", 12500), ("12.5k", 12500), ("£1.24m", 1_240_000), ("1,200.00 GBP", 1200), ("£21\u00a0340", 21340), ("Nil", 0), ("£0.00", 0), ("no contribution", 0),
        ("£6,000 pa", 6000), ("£300 per quarter", 1200), ("£50/month", 600), ("£2,000 + £500 comms", 2500), ("£412,000 mgmt fee", 412_000), ("£15,000 pa for 3 yrs", 15000),
        ("approx £9k", 9000), ("£28,000 SLA", 28000),
        ("-", "money-unclear"), ("n/a", "money-unclear"), ("tbc", "to-be-confirmed"), ("£10k-£15k", "money-range"), ("5000-7000", "money-range"), ("12.500", "money-separator"),
        ("(£3,000)", "money-negative"), ("-£500", "money-negative"), ("surplus of £210,000", "money-negative"), ("£5,000 £7,500", "money-two-amounts"), ("£25k rev + £200k cap", "money-split"),
        ("£10,000 one off 2012", "money-oneoff"), ("£300,000 over 3 yrs", "money-oneoff"), ("£18,000 (accommodation in kind)", "money-in-kind"), ("officer time only", "money-in-kind"),
        ("£4,000 every other year", "money-period"), ("£250 per member", "money-period"), ("up to £5,000", "money-unclear"), (">£100k", "money-unclear"), ("£5,000+", "money-unclear"),
        ("£12,500 (2014/15)", "money-unclear"), ("€500", "money-currency"), ("12,5000", "money-invalid"), ("£31,4", "money-invalid"), ("1,23,456", "money-invalid"),
    ],
)  # fmt: skip
def test_money_is_pounds_a_year(text, want):
    assert here(values.read_money(text)) == want


def test_a_negative_number_is_asked_about_and_a_plain_one_kept():
    assert here(values.read_money(-3000)) == "money-negative"
    assert values.read_money(48250) == Clean({HERE: 48250}, "")


def test_a_heading_in_thousands_multiplies_but_not_what_names_pounds():
    column = MoneyColumn(factor=1000)
    assert here(values.read_money(12.5, column)) == 12500
    assert here(values.read_money("£4,500", column)) == "money-unit"


def test_words_beside_an_amount_are_kept():
    assert values.read_money("3,750 + VAT").values["contribution_note"] == "+ VAT"
    assert values.read_money("£300 per quarter").values["contribution_note"] == "paid quarterly"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("4hrs", 4), ("c. 10", 10), ("30 mins", 0.5), ("3 hrs per week", 13), ("20 hrs pa", 1.67), ("10 hrs per quarter", 3.33), ("2hrs p/w", 8.67), ("nil", 0),
        ("2 days per week", "hours-days"), ("half a day per month", "hours-days"), ("1/2 day", "hours-days"), ("0.5 FTE", "hours-fte"), ("2 posts", "hours-fte"), ("8-10", "hours-range"),
        ("approx 3-4 hrs pm", "hours-range"), ("30+", "hours-unclear"), ("minimal", "hours-unclear"), ("2 officers", "hours-unclear"), ("1hr 30 mins", "hours-unclear"), ("-", "hours-unclear"),
        ("TBC", "to-be-confirmed"),
    ],
)  # fmt: skip
def test_time_is_hours_a_month(text, want):
    assert here(values.read_hours(text)) == want


def test_the_unit_of_the_heading_counts_unless_the_cell_names_its_own():
    week = HoursColumn(period="week")
    assert here(values.read_hours(10, week)) == 43.33
    assert here(values.read_hours("10 hrs pm", week)) == 10


def test_days_are_suggested_with_the_working_day_of_the_council():
    ask = values.read_hours("1 day pm", HoursColumn(hours_a_day=7.5))
    assert isinstance(ask, Ask)
    assert (ask.suggest, ask.batch) == (7.5, True)


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ("01.04.13", "2013-04-01"), ("14/11/2005", "2005-11-14"), ("1st April 2014", "2014-04-01"), ("w.e.f. 1 April 2014", "2014-04-01"), ("2014-04-01", "2014-04-01"), ("1-Apr-14", "2014-04-01"),
        ("31.03.74", "1974-03-31"), ("Sept 2012", "2012-09"), ("04/2006", "2006-04"), ("May 05", "2005-05"), ("Mar-15", "2015-03"), ("2009", "2009"), (2009, "2009"), ("ongoing", None), ("n/a", None),
        ("no fixed end", None), ("n/k", None), ("-", None), (dt.date(2014, 4, 1), "2014-04-01"),
        ("April 15", "date-unclear"), ("2004/05", "date-unclear"), ("FY 2014-15", "date-unclear"), ("Autumn 2006", "date-unclear"), ("2009?", "date-unclear"), ("1990s", "date-unclear"),
        ("pre 1974", "date-unclear"), ("2016 or 2018", "date-unclear"), ("1 April", "date-unclear"), ("5 years", "date-unclear"), (41730, "date-unclear"), ("?", "to-be-confirmed"),
        ("31.04.15", "date-invalid"), ("30/02/2011", "date-invalid"), ("29/02/2015", "date-invalid"), ("04/15/2014", "date-invalid"),
    ],
)  # fmt: skip
def test_dates_are_british_and_as_precise_as_the_cell(value, want):
    assert here(values.read_date(value)) == want


def test_a_date_shown_as_a_month_is_a_month():
    assert here(values.read_date(dt.date(2011, 3, 1), "mmm\\-yy")) == "2011-03"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Qtrly", 4), ("every 6 wks", 8.7), ("6 weekly", 8.7), ("monthly (Aug excl.)", 11), ("3 x a year", 3), ("2 pa", 2), ("Joint Cttee qtrly", 4), ("twice yearly", 2), ("Termly", 3), ("twice monthly", 24),
        ("10 times a year", 10), ("ad hoc", None), ("as and when required", None),
    ],
)  # fmt: skip
def test_meetings_a_year_come_from_the_words(text, want):
    outcome = values.read_frequency(text)
    assert isinstance(outcome, Clean)
    assert outcome.values == {"meetings": text, "meetings_per_year": want}


@pytest.mark.parametrize(
    ("text", "suggest"),
    [
        ("Bi-monthly", 6),
        ("4-6 times a yr", 5),
        ("Quarterly + exercises", 4),
        ("Board – qtrly; officers – monthly", 4),
        ("at least quarterly", 4),
    ],
)
def test_an_unclear_frequency_is_asked_about_and_its_words_are_kept(text, suggest):
    outcome = values.read_frequency(text)
    assert isinstance(outcome, Ask)
    assert (outcome.suggest, outcome.keep) == (suggest, {"meetings": text})


def test_a_bare_number_is_meetings_a_year_only_where_the_column_says_so():
    assert here(values.read_frequency(4)) == "frequency-unclear"
    assert values.read_frequency(4, is_number_column=True).values["meetings_per_year"] == 4


@pytest.mark.parametrize(
    ("text", "want"),
    [("H", "high"), ("med", "medium"), ("Mod", "medium"), ("High (12)", "high"), ("HIGH RISK", "high"), ("Green (low)", "low"), ("L/M", "rating-between"), ("Low-Medium", "rating-between"), ("M?", "rating-doubt"),
     ("Amber", "rating-rag"), ("Significant", "scale-other"), ("Very high", "scale-other"), ("2", "rating-score"), ("Purple", "rating-unknown"), ("tbc", "to-be-confirmed"), ("n/a", "rating-unclear")],
)  # fmt: skip
def test_a_rating_of_another_scale_is_never_translated_in_silence(text, want):
    assert here(values.read_rating(text)) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Housing & Health Manager", ["Housing & Health Manager"]), ("Head of Legal, Democratic and Property", ["Head of Legal, Democratic and Property"]), ("Economic Dev. Officer", ["Economic Dev. Officer"]),
        ("Cllr J.J. and Cllr V.V.", ["Cllr J.J.", "Cllr V.V."]), ("Cllrs Smith, Jones and Brown", ["Cllr Smith", "Cllr Jones", "Cllr Brown"]), ("Jane Smith, Head of Planning", ["Jane Smith, Head of Planning"]),
        ("J Smith, A Jones", ["J Smith", "A Jones"]), ("Head of Finance & Head of ICT", ["Head of Finance", "Head of ICT"]), ("Cllr A.B. (Portfolio Holder, Growth) / Planner", ["Cllr A.B. (Portfolio Holder, Growth)", "Planner"]),
        ("Cllr A.B., Head of Waste", ["Cllr A.B.", "Head of Waste"]), ("Cllr A.B., Leader", ["Cllr A.B., Leader"]),
        ("Cllr A.B.\nCllr C.D. Cllr E.F.", "people-run-together"), ("Cllr A.B.; tbc", "people-unclear"),
    ],
)  # fmt: skip
def test_people_are_split_but_titles_are_not(text, want):
    outcome = people.read_people(text)
    found = [person["who"] for person in outcome.values[HERE]] if isinstance(outcome, Clean) else outcome.code
    assert found == want


@pytest.mark.parametrize(
    ("text", "want"),
    [("VACANT", {"who": None, "vacant": True}), ("Cllr J.K. (sub)", {"who": "Cllr J.K.", "substitute": True}), ("Cllr V.W. - substitute", {"who": "Cllr V.W.", "substitute": True}),
     ("CllrX.Y.", {"who": "Cllr X.Y."}), ("Mr P.Q. (not a Councillor)", {"who": "Mr P.Q.", "councillor": False})],
)  # fmt: skip
def test_vacancies_substitutes_and_others_are_facts_of_their_own(text, want):
    assert people.read_person(text) == [want]


@pytest.mark.parametrize(
    ("text", "level", "statutory"),
    [("Strategic / Y", ["strategic"], True), ("S/Y", ["strategic"], True), ("O/N", ["operational"], False), ("S & O / Y", ["strategic", "operational"], True), ("Yes - statutory", [], True),
     ("O", ["operational"], None), ("Operational\nStatutory – CT&S Act 2015", ["operational"], True), ("Both – Y (Flood Act 2004)", ["strategic", "operational"], True)],
)  # fmt: skip
def test_one_column_may_answer_two_questions(text, level, statutory):
    outcome = words.read_level_and_statutory(text)
    assert (outcome.values["level"], outcome.values["statutory"]) == (level, statutory)


def test_a_duty_of_another_council_is_asked_about():
    outcome = words.read_level_and_statutory("Strategic – statutory (County)")
    assert isinstance(outcome, Ask)
    assert outcome.keep == {"level": ["strategic"]}


LIST = {"1": "Growing our economy", "1.1": "More jobs", "1.10": "Food and farming", "2": "Homes", "2.5": "Heritage"}


@pytest.mark.parametrize(
    ("value", "number_format", "want"),
    [("1.1, 2.5", "", ["1.1", "2.5"]), ("P1", "", ["1"]), (1.1, "0.0", ["1.1"]), ("Growing our economy", "", ["1"]), (1.1, "0.00", "priority-number"), (dt.date(2015, 5, 2), "", "priority-date"),
     ("All", "", "priority-all"), ("5.3", "", "priority-unknown"), (9, "", "priority-unknown"), ("Farming?", "", "priority-unclear")],
)  # fmt: skip
def test_priorities_are_codes_of_the_list(value, number_format, want):
    assert here(words.read_priorities(value, LIST, number_format)) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [("Police; NHS Trust & CCG", ["Police", "NHS Trust & CCG"]), ("Police, Fire", ["Police", "Fire"]), ("0-19; parents / carers", ["0-19", "parents / carers"]), ("none", []), ("Three districts", ["Three districts"]),
     ("Police, North and South councils", "partners-unclear"), ("County + 7 districts", "partners-unclear"), ("Police etc.", "partners-unclear")],
)  # fmt: skip
def test_a_list_is_split_where_only_one_reading_is_possible(text, want):
    assert here(words.read_list(text)) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Y", True),
        ("no - see notes", False),
        ("✓", True),
        ("Draft", "yes-no-unclear"),
        ("Yes but out of date", "yes-no-unclear"),
        ("-", None),
    ],
)
def test_yes_and_no(text, want):
    assert here(words.read_yes_no(text)) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Info only", ["information"]),
        ("Lead", ["control"]),
        ("Control/Influence", ["control", "influence"]),
        ("Partner", "role-unclear"),
    ],
)
def test_roles(text, want):
    assert here(words.read_role(text)) == want


@pytest.mark.parametrize(
    ("value", "want"),
    [("3", 3), (4, 4), ("5", "out-of-scale"), (0, "out-of-scale"), ("2.5", "out-of-scale"), ("often", "score-unclear")],
)
def test_likelihood_and_impact_stay_in_their_scale(value, want):
    assert here(words.read_small_number(value, top=4, what="likelihood")) == want


def test_a_score_that_a_spreadsheet_made_a_date_is_asked_about():
    assert here(words.read_score("06-Feb")) == "score-date"
    assert here(words.read_score(dt.date(2015, 2, 6))) == "score-date"


def test_text_cut_at_255_signs_is_kept_and_asked_about():
    text = "word " * 50 + "wor" + "ds"
    outcome = values.read_text(text)
    assert isinstance(outcome, Ask)
    assert outcome.keep[HERE] == text


def test_an_error_says_what_to_do():
    outcome = values.read_date("31.04.15")
    assert isinstance(outcome, Wrong)
    assert "April has 30 days" in outcome.message
    assert outcome.fix == "Correct the date or leave it blank."
