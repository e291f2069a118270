"""Bar charts as SVG. Attributes alone carry the look, so that pages, PDF and a strict content policy agree.

Each chart has a title and a description; its figures always stand in a table beside it.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, LABEL, BAR, GAP, LINE = 380, 150, 16, 8, 15
LABEL_LINE, LABEL_LINES = 24, 3  # characters that fit in front of a bar, and lines a label may take
COLOURS = {
    "risk": {"3": "#8c1d18", "2h": "#b5501f", "2": "#d98a1f", "1h": "#b7a852", "1": "#74ab8d"},
    "value": {"3": "#1d4f7c", "2h": "#4475a2", "2": "#6a9cc7", "1h": "#8fb4d4", "1": "#b5cbe0"},
}
BRAND = "#00625f"
NOT_SET = "#ececec"


@dataclass(frozen=True)
class Bar:
    """One bar: how long, in the figure's own unit, its colour, and the figure in words where it has a unit."""

    label: str
    figure: float
    colour: str = BRAND
    figure_said: str = ""

    @property
    def said(self) -> str:
        """The figure as the chart writes it."""
        return self.figure_said or f"{self.figure:,}"


def _lines(label: str) -> list[str]:
    """A label in the lines that stand in front of its bar; only one that is longer still is cut."""
    return textwrap.wrap(label, LABEL_LINE, max_lines=LABEL_LINES, placeholder=" …") or [""]


def bars(title: str, said: str, rows: Sequence[Bar]) -> SafeString:
    """Bars from left to right, as long as their figures, with label and figure; `said` is the chart in words."""
    most = max((row.figure for row in rows), default=0) or 1
    room = WIDTH - LABEL - max(50, 12 + 7 * max((len(row.said) for row in rows), default=0))
    drawn, labels, top = [], [], GAP
    for row in rows:
        lines = _lines(row.label)
        labels += [(top + 12 + place * LINE, line) for place, line in enumerate(lines)]
        length = max(round(row.figure / most * room, 1), 0.5)
        drawn.append((LABEL, top, length, BAR, row.colour, LABEL + length + 6, top + 12, row.said))
        top += BAR + GAP + (len(lines) - 1) * LINE
    height = top
    return format_html(
        '<svg role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg">'
        "<title>{}</title><desc>{}</desc>{}{}</svg>",
        f"{title}. {said}",
        WIDTH,
        height,
        WIDTH,
        height,
        title,
        said,
        format_html_join(
            "",
            '<text x="0" y="{}" font-size="13" font-family="Source Sans 3, sans-serif" fill="#0b0c0c">{}</text>',
            labels,
        ),
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#484949" stroke-width="0.5"></rect>'
            '<text x="{}" y="{}" font-size="13" font-family="Source Sans 3, sans-serif" fill="#0b0c0c">{}</text>',
            drawn,
        ),
    )


def chart_of(title: str, drawn: Sequence[Bar]) -> SafeString | None:
    """A chart of more than one bar; its figures stand in the table beside it."""
    if len(drawn) < 2:
        return None
    return bars(title, "; ".join(f"{bar.label}: {bar.said}" for bar in drawn), drawn)
