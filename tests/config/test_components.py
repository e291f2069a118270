"""The components as pages include them."""

from bs4 import BeautifulSoup
from django.template import Context, Template
from django.test import RequestFactory


def drawn(name: str, /, **context) -> BeautifulSoup:
    source = Template('{% include "components/' + name + '.html" %}')
    return BeautifulSoup(source.render(Context({"request": RequestFactory().get("/"), **context})), "html.parser")


def said(tag) -> str:
    return " ".join(tag.get_text(" ").split())


def test_facts_are_a_list_of_terms():
    soup = drawn("facts", facts=[{"label": "Council pays", "figure": "£142,600", "sense": "a year, in the budget"}])
    assert said(soup.dt) == "Council pays"
    assert said(soup.dd) == "£142,600 a year, in the budget"


def test_a_chip_says_that_it_takes_the_filter_out():
    soup = drawn("chips", chips=[{"words": "Risk: High", "address": "?"}], clear="?")
    assert said(soup.select("a")[0]).startswith("Take out this filter: Risk: High")
    assert said(soup.select("a")[1]) == "Clear all filters"
    assert not drawn("chips", chips=[]).select("ul")


def test_work_says_when_and_what_is_late():
    items = [
        {
            "words": "Say how it was published",
            "address": "/",
            "when": "6 days late",
            "was": "was 14 Nov",
            "is_late": True,
        }
    ]
    soup = drawn("work", items=items)
    assert said(soup.select_one(".app-late")) == "6 days late"
    assert said(drawn("work", items=[], empty="Nothing waits for you.")) == "Nothing waits for you."


def test_a_route_says_its_states_in_words():
    steps = [
        {"title": "Team advises", "state": "done", "words": "done on 9 November"},
        {"title": "Executive agrees", "state": "skip", "words": "not needed", "why": "Neither level is High"},
    ]
    soup = drawn("route", steps=steps)
    assert [said(each) for each in soup.select("h3")] == [
        "Team advises : done on 9 November",
        "Executive agrees : not needed",
    ]
    assert "is-skip" in soup.select("li")[1]["class"]


def test_finished_steps_of_a_wizard_are_links():
    steps = [
        {"words": "Upload", "address": "/1/", "state": "done"},
        {"words": "Columns", "address": "/2/", "state": "now"},
        {"words": "Done", "address": "", "state": ""},
    ]
    soup = drawn("steps", steps=steps)
    assert [said(each) for each in soup.select("a")] == ["Upload"]
    assert said(soup.select_one("[aria-current=step]")) == "Columns"


def test_a_summary_says_what_each_change_changes():
    rows = [{"label": "Meets", "value": "", "change": "/change/", "source": "from spreadsheet, cell J29"}]
    soup = drawn("summary_list", rows=rows)
    assert said(soup.select_one(".govuk-summary-list__value")) == "Not known from spreadsheet, cell J29"
    assert said(soup.a) == "Change meets"
    card = drawn("summary_card", title="Money", rows=rows, change="/all/")
    assert said(card.select_one(".govuk-summary-card__actions a")) == "Change money"


def test_what_people_typed_is_never_markup():
    soup = drawn("summary_list", rows=[{"label": "Purpose", "value": "<script>1</script>"}])
    assert not soup.select("script")


def test_a_cell_keeps_its_spaces_and_says_when_it_is_empty():
    source = Template("{{ full|cell }}{{ empty|cell }}{{ spaces|cell }}")
    soup = BeautifulSoup(source.render(Context({"full": " 12,5000", "empty": None, "spaces": "  "})), "html.parser")
    assert [each.text for each in soup.select(".app-cell")] == [" 12,5000", "(empty)", "(spaces only)"]
