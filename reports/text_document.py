"""A text document that people can edit: OpenDocument text in one XML file, which LibreOffice and Word open.

It is written with the standard library alone: headings with their levels, paragraphs and tables with a heading row, a
title and a language, so that it stays accessible when it is edited and printed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

FODT = "application/vnd.oasis.opendocument.text-flat-xml"
SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
}
# What XML 1.0 cannot hold, such as a control character pasted from elsewhere.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HEADINGS = {1: ("22pt", "0.2cm"), 2: ("14pt", "0.5cm"), 3: ("12pt", "0.4cm")}


def _name(name: str) -> str:
    space, _, local = name.partition(":")
    return f"{{{SPACES[space]}}}{local}"


def _add(parent: Element, name: str, text: str = "", **facts: str) -> Element:
    """An element with its text; `fo_color="#000"` is the attribute fo:color."""
    attributes = {_name(key.replace("__", "-").replace("_", ":", 1)): value for key, value in facts.items()}
    made = SubElement(parent, _name(name), attributes)
    made.text = UNWRITABLE.sub("", text) or None
    return made


@dataclass
class TextDocument:
    """A document as it grows: `heading`, `paragraphs` and `table` add to its end."""

    title: str
    author: str
    made_on: date
    _body: Element = field(init=False)
    _root: Element = field(init=False)
    _tables: int = 0

    def __post_init__(self) -> None:
        for prefix, address in SPACES.items():
            ElementTree.register_namespace(prefix, address)
        facts = {_name("office:version"): "1.3", _name("office:mimetype"): "application/vnd.oasis.opendocument.text"}
        self._root = Element(_name("office:document"), facts)
        meta = _add(self._root, "office:meta")
        _add(meta, "dc:title", self.title)
        _add(meta, "dc:language", "en-GB")
        _add(meta, "dc:creator", self.author)
        _add(meta, "dc:date", f"{self.made_on.isoformat()}T00:00:00")
        self._styles()
        self._body = _add(_add(self._root, "office:body"), "office:text")

    def _styles(self) -> None:
        styles = _add(self._root, "office:styles")
        plain = _add(styles, "style:default-style", style_family="paragraph")
        _add(plain, "style:text-properties", fo_font__size="11pt", fo_language="en", fo_country="GB",
             fo_font__family="Arial")  # fmt: skip
        text = _add(styles, "style:style", style_name="Text", style_family="paragraph")
        _add(text, "style:paragraph-properties", fo_margin__bottom="0.25cm", fo_line__height="130%")
        for level, (size, above) in HEADINGS.items():
            heading = _add(styles, "style:style", style_name=f"Heading_{level}", style_family="paragraph",
                           style_next__style__name="Text", style_default__outline__level=str(level))  # fmt: skip
            _add(heading, "style:paragraph-properties", fo_margin__top=above, fo_margin__bottom="0.2cm",
                 fo_keep__with__next="always")  # fmt: skip
            _add(heading, "style:text-properties", fo_font__size=size, fo_font__weight="bold")
        column = _add(styles, "style:style", style_name="Column_heading", style_family="paragraph")
        _add(column, "style:text-properties", fo_font__weight="bold")
        automatic = _add(self._root, "office:automatic-styles")
        page = _add(automatic, "style:page-layout", style_name="A4")
        _add(page, "style:page-layout-properties", fo_page__width="21cm", fo_page__height="29.7cm",
             fo_margin="2.2cm")  # fmt: skip
        cell = _add(automatic, "style:style", style_name="Cell", style_family="table-cell")
        _add(cell, "style:table-cell-properties", fo_border__bottom="0.5pt solid #484949", fo_padding="0.12cm")
        masters = _add(self._root, "office:master-styles")
        _add(masters, "style:master-page", style_name="Standard", style_page__layout__name="A4")

    def heading(self, text: str, level: int) -> None:
        """A heading of level 1 to 3."""
        _add(self._body, "text:h", text, text_style__name=f"Heading_{level}", text_outline__level=str(level))

    def paragraphs(self, text: str) -> None:
        """A text as paragraphs: an empty line ends one, the end of a line breaks it."""
        for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
            first, *more = paragraph.split("\n")
            made = _add(self._body, "text:p", first, text_style__name="Text")
            for line in more:
                _add(made, "text:line-break").tail = UNWRITABLE.sub("", line)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose first row is its headings, repeated on each page."""
        self._tables += 1
        table = _add(self._body, "table:table", table_name=f"Table {self._tables}")
        _add(table, "table:table-column", table_number__columns__repeated=str(len(headings)))
        first = _add(_add(table, "table:table-header-rows"), "table:table-row")
        for cells, row, style in [(headings, first, "Column_heading")] + [
            (each, _add(table, "table:table-row"), "Text") for each in rows
        ]:
            for text in cells:
                cell = _add(row, "table:table-cell", table_style__name="Cell", office_value__type="string")
                _add(cell, "text:p", text, text_style__name=style)

    def as_bytes(self) -> bytes:
        """The whole document."""
        return ElementTree.tostring(self._root, encoding="utf-8", xml_declaration=True)
