"""A form as a browser would send it, read from a page's markup."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from bs4 import Tag

from tests.page import Page

SENT_BY_ITSELF = {"submit", "button", "reset", "image", "file"}
CHOSEN = {"radio", "checkbox"}
TAKES_NO_WORDS = {"number", "date", "month", "time", "color", "range"}  # a browser sends nothing for words in these


class Form:
    """One form of a page: fill it in, then `send` it by its first button."""

    def __init__(self, page: Page, tag: Tag) -> None:
        self.page, self.tag = page, tag
        self.values: list[tuple[Tag, str]] = []
        for field in self._fields():
            self.values += [(field, value) for value in _sent_for(field)]

    def _fields(self) -> Iterator[Tag]:
        for field in self.tag.select("input, textarea, select"):
            if (
                field.get("name")
                and not field.has_attr("disabled")
                and not field.find_parent("fieldset", disabled=True)
            ):
                yield field

    @property
    def button(self) -> Tag:
        """The button that a person would press to send it."""
        found = self.tag.select_one("button.govuk-button:not(.govuk-password-input__toggle)")
        assert found is not None, f"{self.page.path}: the form has no button"
        return found

    def write_everywhere(self, text: str) -> None:
        """Write the same words in every field that takes words; "" also takes every tick and choice back."""
        self.values = []
        for field in self._fields():
            kind = _kind(field)
            if kind in {"hidden", "file"} or (text and (kind in CHOSEN or field.name == "select")):
                self.values += [(field, value) for value in _sent_for(field)]
            elif field.name == "select":
                empty = field.select_one('option[value=""]')
                self.values += [(field, "")] if empty else [(field, value) for value in _sent_for(field)]
            elif kind not in CHOSEN:
                most = int(str(field.get("maxlength") or 0))
                self.values.append((field, "" if kind in TAKES_NO_WORDS else text[:most] if most else text))

    def written(self) -> dict[str, str]:
        """What stands in the fields for words, by name."""
        return {str(field["name"]): value for field, value in self.values if _kind(field) in {"text", "textarea"}}

    def send(self, browsing: Any) -> Page:
        """Send it as the button says, and follow to the page that answers."""
        data: dict[str, list[str]] = {}
        for field, value in self.values:
            data.setdefault(str(field["name"]), []).append(value)
        if name := self.button.get("name"):
            data.setdefault(str(name), []).append(str(self.button.get("value", "")))
        # Where the browser is now: what answered, after all redirections.
        here = self.page.address
        address = urljoin(here, str(self.button.get("formaction") or self.tag.get("action") or here))
        method = str(self.button.get("formmethod") or self.tag.get("method") or "get").lower()
        return browsing.post(address, data) if method == "post" else browsing.get(address.partition("?")[0], data)


def form_on(page: Page) -> Form | None:
    """The page's own form: no filter beside a list, and with something to fill in."""
    for tag in page.select("main form"):
        if tag.find_parent(class_="app-filter") is None and tag.select("input:not([type=hidden]), textarea, select"):
            return Form(page, tag)
    return None


def _kind(field: Tag) -> str:
    return str(field.get("type") or "text").lower() if field.name == "input" else str(field.name)


def _sent_for(field: Tag) -> list[str]:
    """What a browser sends for a field that nobody has touched."""
    kind = _kind(field)
    if kind in CHOSEN:
        return [str(field.get("value", "on"))] if field.has_attr("checked") else []
    if field.name == "select":
        options = field.select("option:not([disabled])")
        chosen = [each for each in options if each.has_attr("selected")]
        if not chosen and not field.has_attr("multiple"):
            chosen = options[:1]
        return [str(each.get("value", each.get_text())) for each in chosen]
    if field.name == "textarea":
        return [field.get_text().removeprefix("\n")]
    return [] if kind in SENT_BY_ITSELF else [str(field.get("value", ""))]
