"""The documentation holds to the program: each setting is described, each link leads somewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings

BASE = Path(settings.BASE_DIR)
PAGES = [
    BASE / "README.md",
    BASE / "CHANGELOG.md",
    *(path for path in (BASE / "docs").rglob("*.md") if "requirements" not in path.parts),
]


def test_the_settings_page_describes_each_variable_and_no_other():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (BASE / "config" / "settings.py").read_text()))
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", (BASE / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert described == read


@pytest.mark.parametrize("document", PAGES, ids=lambda path: str(path.relative_to(BASE)))
def test_links_between_pages_lead_somewhere(document):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_index_names_each_page():
    index = (BASE / "docs" / "README.md").read_text()
    pages = [path.name for path in (BASE / "docs").glob("*.md") if path.name != "README.md"]
    assert [name for name in pages if name not in index] == [], "Add the page to the table in docs/README.md"


def test_every_decision_stands_in_its_list():
    decisions = BASE / "docs" / "decisions"
    index = (decisions / "README.md").read_text()
    assert [path.name for path in decisions.glob("0*.md") if path.name not in index] == []
