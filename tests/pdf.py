"""What a tagged PDF must hold beyond the rules of PDF/UA-1: language, title, headings, tables and figures."""

import re
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


def text_of(pdf: bytes) -> str:
    """What a reader finds in the file, its words in the order of the pages and without line ends."""
    found = []
    with pikepdf.open(BytesIO(pdf)) as file:
        for each in file.pages:
            fonts = each.Resources.get("/Font", {})
            known = {name: _letters(font) for name, font in fonts.items()}
            letters: dict[int, str] = {}
            for operands, operator in pikepdf.parse_content_stream(each):
                if str(operator) == "Tf":
                    letters = known[str(operands[0])]
                elif str(operator) in ("Tj", "TJ"):
                    shown = operands[0] if str(operator) == "TJ" else operands
                    codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
                    pairs = zip(codes[::2], codes[1::2], strict=True)
                    found.append("".join(letters.get(high * 256 + low, "") for high, low in pairs))
    return " ".join(" ".join(found).split())


def _letters(font: Any) -> dict[int, str]:
    """The letters that the codes of a font stand for, as the font says it."""
    if "/ToUnicode" not in font:
        return {}
    pairs = re.findall(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>", font.ToUnicode.read_bytes())
    return {int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be") for code, letter in pairs}
