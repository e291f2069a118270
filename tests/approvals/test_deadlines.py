"""Days before and after meetings, each on, below and above its line. Expected days are counted by hand."""

from datetime import date

import pytest

from approvals import deadlines
from approvals.access import Notice, public_paper, why_key, why_too_soon
from approvals.deadlines import Sitting, StepToCome, arrivals
from approvals.meeting_forms import parse_clock

CMT = Sitting("cmt-2026-12-01", "cmt", date(2026, 12, 1), date(2026, 11, 17))
CMT_LATER = Sitting("cmt-2026-12-15", "cmt", date(2026, 12, 15), date(2026, 12, 1))
CABINET = Sitting("cabinet-2027-01-12", "cabinet", date(2027, 1, 12), date(2026, 12, 24))


@pytest.mark.parametrize(
    ("day", "number", "before"),
    [
        (date(2026, 12, 1), 10, date(2026, 11, 17)),  # two weeks without a holiday
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 12, 7), 1, date(2026, 12, 4)),  # over a weekend
        (date(2026, 12, 29), 1, date(2026, 12, 24)),  # Christmas Day, a weekend, the substitute for Boxing Day
        (date(2027, 3, 30), 1, date(2027, 3, 25)),  # Easter Monday and Good Friday
        (date(2026, 9, 1), 1, date(2026, 8, 28)),  # the summer bank holiday
    ],
)
def test_papers_close_so_many_working_days_before(day, number, before):
    assert deadlines.working_days_before(day, number) == before


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 12, 1), date(2026, 12, 2), 0),
        (date(2026, 12, 1), date(2026, 12, 1), 0),
        (date(2026, 12, 1), date(2026, 12, 30), 28),
        (date(2026, 12, 1), date(2026, 12, 29), 27),
    ],
)
def test_clear_days_leave_both_ends_out(first, last, days):
    assert deadlines.clear_days(first, last) == days


def test_the_notice_of_a_key_decision_and_its_meeting_are_28_clear_days_apart():
    """Regulation 9 of the regulations of 2012."""
    assert deadlines.clear_days(date(2026, 12, 1), date(2026, 12, 30)) == 28
    assert deadlines.earliest_key_meeting(date(2026, 12, 1)) == date(2026, 12, 30)


def test_an_agenda_is_published_five_clear_working_days_before():
    assert deadlines.agenda_by(date(2026, 12, 16)) == date(2026, 12, 8)
    assert deadlines.clear_working_days(date(2026, 12, 8), date(2026, 12, 16)) == 5


@pytest.mark.parametrize(
    ("notice", "says"),
    [
        (Notice(date(2026, 12, 1)), ""),  # 28 clear days
        (Notice(date(2026, 12, 2)), "27 clear days before the meeting. It needs 28"),
        (Notice(), "No notice of this key decision is published"),
        (Notice(None, "general", date(2026, 12, 21)), ""),  # 22, 23, 24, 29 and 30 December
        (Notice(None, "general", date(2026, 12, 22)), "4 clear working days before the decision"),
        (Notice(None, "special", date(2026, 12, 30)), ""),
        (Notice(None, "special", date(2026, 12, 31)), "No notice"),
    ],
)
def test_a_key_decision_without_28_clear_days_needs_an_exception(notice, says):
    """Regulations 9 to 11; the decision is taken on Thursday 31 December or Wednesday 30 December 2026."""
    on = date(2026, 12, 31) if notice.exception == "general" else date(2026, 12, 30)
    found = why_too_soon(notice, on)
    assert says in found if says else found == ""


@pytest.mark.parametrize(("cost", "is_key"), [("99999", False), ("100000", True), ("100001", True)])
def test_a_decision_is_key_from_the_councils_sum(cost, is_key):
    from decimal import Decimal

    assert bool(why_key(Decimal(cost), Decimal(100000))) is is_key
    assert why_key(None, Decimal(100000)) == ""
    assert why_key(Decimal(cost), None) == ""


def test_a_request_is_sent_by_the_closing_date_less_the_days_that_advice_takes():
    steps = [StepToCome("advice", (), 4), StepToCome("cmt", ("advice",), 0, "cmt")]
    found = arrivals(steps, [CMT_LATER, CMT], date(2026, 11, 10))
    assert found["cmt"].sitting == CMT
    assert found["cmt"].send_by == date(2026, 11, 13)


@pytest.mark.parametrize(
    ("start", "sitting"), [(date(2026, 11, 13), CMT), (date(2026, 11, 14), CMT_LATER), (date(2026, 12, 2), None)]
)
def test_after_the_last_day_the_next_meeting_is_named(start, sitting):
    steps = [StepToCome("advice", (), 4), StepToCome("cmt", ("advice",), 0, "cmt")]
    assert arrivals(steps, [CMT, CMT_LATER], start)["cmt"].sitting == sitting


def test_what_stands_on_an_agenda_is_taken_at_that_meeting_and_the_next_body_comes_after_it():
    steps = [StepToCome("cmt", (), 0, "cmt", CMT), StepToCome("cabinet", ("cmt",), 0, "cabinet")]
    late = date(2026, 11, 21)  # after the papers of the meeting closed
    assert [each.on for each in arrivals(steps, [CMT, CMT_LATER, CABINET], late).values()] == [
        date(2026, 12, 1), date(2027, 1, 12),
    ]  # fmt: skip
    assert arrivals(steps, [CABINET], date(2027, 1, 13))["cmt"].on == date(2027, 1, 13)  # nobody recorded it yet


def test_a_second_body_comes_after_the_first_and_has_no_day_to_send_of_its_own():
    steps = [
        StepToCome("cmt", (), 0, "cmt"),
        StepToCome("note", ("cmt",), 0),
        StepToCome("cabinet", ("note",), 0, "cabinet"),
        StepToCome("council", ("cabinet",), 0, "council"),
        StepToCome("register", ("council",), 0),
    ]
    found = arrivals(steps, [CMT, CABINET], date(2026, 11, 10))
    assert (found["cabinet"].on, found["cabinet"].send_by) == (date(2027, 1, 12), None)
    assert found["council"].on is None
    assert found["register"].on is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [("14:30", "14:30"), ("2.30pm", "14:30"), ("6 pm", "18:00"), ("12am", "00:00"), ("12pm", "12:00")],
)
def test_a_time_is_typed_as_it_is_spoken(typed, read):
    assert f"{parse_clock(typed):%H:%M}" == read


@pytest.mark.parametrize("typed", ["14", "25:00", "13pm", "noon", "14:75", ""])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(ValueError, match=r".*"):
        parse_clock(typed)


# --- The public paper -----------------------------------------------------------------------------


def paper():
    return {
        "request": {"why": "Six villages have no bus.", "said": {}, "reference": "R-2026-001"},
        "policy": {"title": "Policy"},
        "partnership": {"name": "Marsh Valley"},
        "facts": [
            {"id": "cost", "section": "Money", "label": "Cost", "words": "£60,000 a year"},
            {"id": "time", "section": "Money", "label": "Time", "words": "4 hours a month"},
            {"id": "form", "section": "About", "label": "Form", "words": "Informal"},
            {"id": "other", "section": "About", "label": "Other", "words": "Not £600, and £60,000,000 is no part"},
        ],
        "changes": [{"label": "Cost", "was": "£40,000", "now": "£60,000", "note": ""}],
        "follows": ["Criterion 1 becomes High"],
        "levels": [
            {"title": "Risk", "why": "Medium", "differs_because": "", "criteria": [
                {"label": "Cost", "because": "£60,000 is much.", "nearest": "Low at £25,000", "level": "Medium"},
                {"label": "Time", "because": "4 hours a month is below 7.5.", "nearest": "", "level": "Low"},
                {"label": "Other", "because": "14 hours a month is above 7.5.", "nearest": "", "level": "High"}]}
        ],
        "answers": [],
        "documents": ["Lease"],
        "steps": [
            {"step": "legal", "reasons": "The lease binds us for ten years.", "options": "", "interests": ""},
            {"step": "view", "reasons": "I hold with: The lease binds us for ten years. So go on.", "options": "",
             "interests": ""},
        ],
    }  # fmt: skip


def test_an_exempt_figure_is_withheld_wherever_it_comes_again():
    """Schedule 12A: the public paper tells nothing of what is exempt."""
    found = public_paper(paper(), ["facts:Money"])
    assert "£60,000" not in str(found).replace("£60,000,000", "")
    assert found["levels"][0]["criteria"][0] == {
        "label": "Cost", "level": "In the exempt part", "because": "", "nearest": "",
    }  # fmt: skip
    assert found["levels"][0]["criteria"][1]["level"] == "In the exempt part"
    assert found["levels"][0]["criteria"][2]["level"] == "High"
    assert [fact["id"] for fact in found["facts"]] == ["form", "other"]
    assert found["facts"][1]["words"] == "Not £600, and £60,000,000 is no part"
    assert found["documents"] == ["Lease"]
    assert found["changes"][0]["now"] == "In the exempt part"
    assert public_paper(paper(), ["changes"])["follows"] == []


def test_exempt_advice_is_withheld_where_somebody_repeats_it():
    found = public_paper(paper(), ["said:legal"])
    assert [step["step"] for step in found["steps"]] == ["view"]
    assert "lease" not in str(found["steps"])
    assert found["request"]["why"] == "Six villages have no bus."
