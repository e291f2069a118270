"""What a tagged PDF must hold beyond the rules of PDF/UA-1: language, title, headings, tables and figures."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import page
import pikepdf


def broken_rules(pdf: bytes) -> list[str]:
    """The PDF/UA-1 rules that the file breaks, with their words."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]


def _elements(node: Any) -> Iterator[Any]:
    children = node.get("/K", [])
    if isinstance(children, pikepdf.Dictionary):
        children = [children]
    if not isinstance(children, (list, pikepdf.Array)):
        return
    for child in children:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _elements(child)


class Tagged:
    """A PDF's tag tree, read for tests."""

    def __init__(self, pdf: bytes) -> None:
        self.file = pikepdf.open(BytesIO(pdf))
        self.root = self.file.Root
        self.elements = list(_elements(self.root.StructTreeRoot))

    @property
    def language(self) -> str:
        return str(self.root.get("/Lang", ""))

    @property
    def title(self) -> str:
        return str(self.file.docinfo.get("/Title", ""))

    def bookmarks(self) -> list[str]:
        """The titles of the bookmarks, those inside others too."""

        def titles(items: Any) -> Iterator[str]:
            for item in items:
                yield str(item.title)
                yield from titles(item.children)

        with self.file.open_outline() as outline:
            return list(titles(outline.root))

    def of_kind(self, kind: str) -> list[Any]:
        return [element for element in self.elements if f"/{kind}" == element.S]

    def headings(self) -> int:
        return sum(len(self.of_kind(f"H{level}")) for level in range(1, 7))

    def tables_without_headings(self) -> int:
        return sum(not any(cell.S == "/TH" for cell in _elements(table)) for table in self.of_kind("Table"))

    def figures_without_words(self) -> int:
        return sum(not str(figure.get("/Alt", "")) for figure in self.of_kind("Figure"))
