"""What stands below a heading decides where the heading alone could mean two things."""

import pytest

from register.importing.headings import Heading, propose

COUNCILLORS = ["Cllr D.E.", "Cllr F.G.", "Cllr H.I.", "Leader"]


@pytest.mark.parametrize(
    ("heading", "cells", "field"),
    [
        ("Portfolio", COUNCILLORS, "portfolio_holder"),
        ("Portfolio", ["Communities", "Growth", "Resources", "Communities"], "theme"),
        ("Type (Strategic or Operational)", ["Strategic", "Operational", "Operational"], "level"),
        ("Type", ["Joint", "Host", "Collaborative"], "partnership_type"),
        ("Legal requirement?", ["Y", "N", "No"], "statutory"),
    ],
)
def test_the_cells_settle_an_unclear_heading(heading, cells, field):
    names = Heading(0, "Name of partnership", samples=["Waste Board", "Flood Forum", "Growth Hub"])

    mapped = propose([names, Heading(1, heading, samples=cells)], "register")

    assert mapped[1].fields[0] == field
