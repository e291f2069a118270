"""What holds for the site as a whole: its look, its colour, its help, the place of each app."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from accounts.roles import Role
from config import brand, pages
from config.navigation import LINKS, MENUS, MOST

BASE = Path(settings.BASE_DIR)
SHEET = BASE / "static" / "built" / "app.css"


@pytest.mark.skipif(not SHEET.exists(), reason="The style sheet is not compiled. Type: make assets")
def test_the_sheet_asks_for_neither_the_reserved_typeface_nor_the_crest():
    sheet = SHEET.read_text()
    assert "GDS Transport" not in sheet
    assert "crest" not in sheet
    asked = set(re.findall(r"url\(\"?([^)\"]+)\"?\)", sheet))
    assert asked
    assert all(re.fullmatch(r"fonts/source-sans-3-[a-z0-9-]+\.woff2", each) for each in asked)
    for each in asked:
        assert (SHEET.parent / each).exists()


@pytest.mark.skipif(not SHEET.exists(), reason="The style sheet is not compiled. Type: make assets")
def test_nothing_is_below_15_px():
    sizes = [float(size) for size in re.findall(r"\.app-[^{}]*\{[^}]*font-size:([\d.]+)rem", SHEET.read_text())]
    assert sizes
    assert min(sizes) >= 15 / 16


@pytest.mark.parametrize(("colour", "found"), [("#00625f", 0), ("green", 1), ("#9fd8b0", 1), ("#0000", 1)])
def test_the_councils_colour_is_checked(settings, colour, found):
    settings.COUNCIL_COLOUR = colour
    assert len(brand.check_colour()) == found


def test_the_councils_colour_reaches_every_page(client, settings):
    settings.COUNCIL_COLOUR = "#4b2e83"
    answer = client.get("/brand.css")
    assert answer["Content-Type"] == "text/css"
    assert b"--app-brand:#4b2e83" in answer.content


def test_contrast_is_measured_as_the_guidelines_do():
    assert brand.contrast_with_white("#000000") == pytest.approx(21)
    assert brand.contrast_with_white("#ffffff") == pytest.approx(1)
    assert brand.contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("topic", pages.TOPICS)
def test_each_help_page_has_steps(browse_as, topic):
    page = browse_as().get(f"/help/{topic}/")
    assert page.heading == pages.TOPICS[topic][0]
    assert page.select("main ol li")


def test_help_that_is_none_is_not_found(browse_as):
    assert browse_as().get("/help/nothing/").status == 404


def test_every_role_has_a_menu_of_known_links():
    assert set(MENUS) == set(Role)
    for titles in MENUS.values():
        assert titles[0] == "Home"
        assert len(titles) <= MOST
        assert set(titles) <= set(LINKS)


def test_every_app_of_ours_has_its_place():
    """The layers in pyproject.toml name each app, so that none can be added outside them."""
    contracts = tomllib.loads((BASE / "pyproject.toml").read_text())["tool"]["importlinter"]
    placed = {name.strip() for layer in contracts["contracts"][0]["layers"] for name in re.split(r"[|:]", layer)}
    ours = {each.name for each in apps.get_app_configs() if Path(each.path).parent == BASE}
    assert ours - {"config"} == placed
    assert set(contracts["root_packages"]) == ours


def test_no_template_writes_a_style_or_script_into_the_page():
    for path in (BASE / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", text), path


def test_no_template_uses_words_we_do_not_use():
    """Design, section 6: no "please", "successfully", "invalid", "click here"."""
    for path in (BASE / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            assert not re.search(r"\b(please|successfully|invalid|click here)\b", path.read_text(), re.IGNORECASE), path
