"""What the form fields and components look like to a browser and to a screen reader."""

from dataclasses import dataclass
from datetime import date

import pytest
from bs4 import BeautifulSoup
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from config.fields import Checkboxes, CountedTextarea, DatePartsField, HoursField, MoneyField, Radios

LEVELS = [("high", "High"), ("low", "Low")]


class Example(forms.Form):
    name = forms.CharField(label="Name", help_text="As on its papers", error_messages={"required": "Enter the name"})
    purpose = forms.CharField(label="Purpose", widget=CountedTextarea(most=200), required=False)
    cost = MoneyField(label="Yearly contribution", unit="a year", required=False)
    time = HoursField(label="Staff time", required=False)
    level = forms.ChoiceField(
        label="Level",
        choices=LEVELS,
        widget=Radios(hints={"high": "It would stop a service"}),
        error_messages={"required": "Select the level"},
    )
    services = forms.MultipleChoiceField(
        label="Services", choices=LEVELS, widget=Checkboxes(small=True), required=False
    )
    ends_on = DatePartsField(label="End date")
    agreed = forms.BooleanField(label="The Executive agreed it", required=False)
    kind = forms.ChoiceField(label="Kind", choices=LEVELS, required=False)
    paper = forms.FileField(label="Document", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(source: str, **context) -> BeautifulSoup:
    context.setdefault("request", RequestFactory().get("/?risk=high&risk=low&page=2"))
    return BeautifulSoup(Template(source).render(Context(context)), "html.parser")


def form_drawn(form) -> BeautifulSoup:
    return drawn("{% load crispy_forms_filters %}{{ form|crispy }}", form=form)


def test_each_field_has_a_label_or_a_legend():
    soup = form_drawn(Example())
    named = {label["for"] for label in soup.select("label[for]")}
    inputs = soup.select("input:not([type=hidden]), select, textarea")
    assert len(inputs) == 14
    assert {each["id"] for each in inputs} == named
    assert [each.text for each in soup.select("legend")] == ["Level", "Services", "End date"]


def test_hint_and_error_are_tied_to_the_input():
    soup = form_drawn(Example({}))
    name = soup.select_one("#id_name")
    assert name["aria-describedby"] == "id_name_helptext id_name_error"
    assert "Enter the name" in soup.select_one("#id_name_error").text
    assert "govuk-input--error" in name["class"]
    group = soup.find("legend", string="Level").parent
    assert group["aria-describedby"] == "id_level_error"
    assert soup.select_one("#id_level_error") is not None


def test_the_summary_leads_to_the_first_input_of_radios_and_days():
    form = Example({})
    soup = drawn('{% forms_in_error as errors %}{% include "components/error_summary.html" %}', form=form)
    links = {link.text: link["href"][1:] for link in soup.select("a")}
    assert links == {
        "Enter the name": "id_name",
        "Select the level": "id_level_0",
        "Enter the end date, like 27 3 2026": "id_ends_on_0",
    }
    ids = {each["id"] for each in form_drawn(form).select("[id]")}
    assert set(links.values()) <= ids


def test_what_was_typed_stays():
    soup = form_drawn(
        Example({"cost": "lots", "ends_on_0": "31", "ends_on_1": "4", "ends_on_2": "2026", "level": "high"})
    )
    assert soup.select_one("#id_cost")["value"] == "lots"
    assert [soup.select_one(f"#id_ends_on_{part}")["value"] for part in range(3)] == ["31", "4", "2026"]
    assert soup.select_one("#id_level_0").has_attr("checked")


def test_the_register_shows_what_it_understood():
    soup = form_drawn(Example({"cost": "12.5k", "time": "5 hrs a week", "name": "A"}))
    assert [each.text for each in soup.select(".app-understood")] == [
        "Read as £12,500 a year",
        "Read as 21.7 hours a month",
    ]
    assert not form_drawn(Example({"cost": "£12,500", "time": "20"})).select(".app-understood")


def test_choices_carry_their_hints():
    soup = form_drawn(Example())
    assert soup.select_one("#id_level_0")["aria-describedby"] == "id_level_0_hint"
    assert soup.select_one("#id_level_0_hint").text == "It would stop a service"
    assert not soup.select_one("#id_level_1").has_attr("aria-describedby")


def test_the_browser_leaves_errors_to_us():
    assert not form_drawn(Example()).select("[required]")


def test_a_text_area_says_how_much_it_takes():
    soup = form_drawn(Example())
    assert soup.select_one("#id_purpose")["aria-describedby"] == "id_purpose-info"
    assert soup.select_one("#id_purpose-info").text == "You can enter up to 200 characters"
    assert soup.select_one("[data-maxlength='200'][data-module=govuk-character-count]")


def test_a_layout_with_field_sets():
    form = Example()
    form.helper = FormHelper()
    form.helper.form_tag = False
    form.helper.layout = Layout(Fieldset("Money and time", "cost", "time"))
    soup = drawn("{% load crispy_forms_tags %}{% crispy form %}", form=form)
    assert soup.select_one("fieldset legend").text == "Money and time"
    assert soup.select("#id_cost")
    assert not soup.select("form")


@dataclass(frozen=True)
class Level:
    id: str
    label: str


THREE = (Level("low", "Low"), Level("medium", "Medium"), Level("high", "High"))
FOUR = (Level("a", "Small"), Level("b", "Fair"), Level("c", "Large"), Level("d", "Huge"))


@pytest.mark.parametrize(
    ("scale", "value", "levels", "look", "said"),
    [
        ("risk", "high", THREE, "app-level--risk-3", "High"),
        ("risk", "medium", THREE, "app-level--risk-2", "Medium"),
        ("value", "low", THREE, "app-level--value-1", "Low"),
        ("risk", "b", FOUR, "app-level--risk-1h", "Fair"),
        ("risk", "d", FOUR, "app-level--risk-3", "Huge"),
        ("risk", "", THREE, "app-level--none", "Not set"),
        ("risk", None, THREE, "app-level--none", "Not set"),
        ("agreed", "high", THREE, "app-level--plain", "High"),
    ],
)
def test_a_level_is_a_word_in_the_colour_of_its_place(scale, value, levels, look, said):
    soup = drawn("{% level scale value levels %}", scale=scale, value=value, levels=levels)
    assert look in soup.span["class"]
    assert soup.text == said


def test_two_levels_read_as_becoming():
    soup = drawn('{% change "risk" "medium" "high" levels %}', levels=THREE)
    assert " ".join(soup.text.split()) == "Medium → becomes High"


def test_a_late_day_says_so():
    soup = drawn("{% due day %}", day=date(2026, 11, 14), today=date(2026, 11, 20))
    assert "14 Nov 2026" in soup.text
    assert soup.select_one(".app-late").text == "6 days late"


def test_pages_keep_the_filters():
    page = Paginator(range(120), 25).page(2)
    soup = drawn("{% pagination page %}", page=page)
    assert "Showing 26 to 50 of 120" in soup.text
    assert soup.select_one("a[rel=next]")["href"] == "?risk=high&risk=low&page=3"
    assert soup.select_one("a[aria-current=page]").text == "2"
    assert [each.text.strip() for each in soup.select("ul[aria-label='How many a page'] li")] == [
        "25 a page",
        "50 a page",
        "100 a page",
    ]
