"""A page as a test reads it, and what every page of the register must hold."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse

ID_LISTS = {"aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "headers"}
NEEDS_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}


class Page:
    """One answer of the site: `status`, `html`, and the soup's own `select`, `select_one`, `find`, `get_text`."""

    def __init__(self, response: HttpResponse) -> None:
        self.response: Any = response
        self.status = response.status_code
        asked = getattr(response, "request", {})
        self.path = asked.get("PATH_INFO", "?")
        self.address = self.path + (f"?{asked['QUERY_STRING']}" if asked.get("QUERY_STRING") else "")
        self.is_html = "text/html" in response.get("Content-Type", "")
        self.html = b"".join(response).decode() if self.is_html else ""  # type: ignore[arg-type]

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.soup, name)

    def __contains__(self, words: str) -> bool:
        return words in self.words

    @property
    def words(self) -> str:
        """All that the page says, runs of white space as one space."""
        return " ".join(self.soup.get_text(" ").split())

    @property
    def heading(self) -> str:
        return _words(self.soup.h1) if self.soup.h1 else ""

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [_words(each) for each in self.soup.select(".govuk-error-summary__list li")]

    @property
    def banner(self) -> str:
        """The sentence of the green banner, or ""."""
        found = self.soup.select_one(".govuk-notification-banner__content")
        return _words(found) if found else ""


def faults(html: str | BeautifulSoup) -> list[str]:
    """What is wrong with a whole page's markup, read already or not; nothing for a good one."""
    soup = BeautifulSoup(html, "html.parser") if isinstance(html, str) else html
    tags = soup.find_all(True)  # once through the page: thousands of pages are held to this
    found = []
    headings = [each for each in tags if each.name == "h1"]
    title = _words(soup.title).removeprefix("Error: ") if soup.title else ""
    if len(headings) != 1:
        found.append(f"{len(headings)} h1 headings: a page has one")
    elif not _words(headings[0]) or not title.startswith(_words(headings[0])):
        found.append(f"the title {title!r} does not start with the heading {_words(headings[0])!r}")
    if not (soup.html and soup.html.get("lang")):
        found.append("no language")
    counts = Counter(str(each["id"]) for each in tags if "id" in each.attrs)
    found += [f"id {each} stands {times} times" for each, times in counts.items() if times > 1]
    found += _dangling(tags, set(counts))
    labelled = {str(each["for"]) for each in tags if each.name == "label" and each.get("for") and _words(each)}
    found += [
        f"no label for {_shown(field)}"
        for field in tags
        if field.name in ("input", "select", "textarea") and not _named(field, labelled)
    ]
    found += [
        f"no words in {_shown(each)}"
        for each in tags
        if (each.name == "button" or (each.name == "a" and "href" in each.attrs)) and not _said(each)
    ]
    found += [
        f"inline style or script in {_shown(each)}"
        for each in tags
        if {"style", "onclick"} & each.attrs.keys()
        or each.name == "style"
        or (each.name == "script" and "src" not in each.attrs)
    ]
    found += [
        f"no guard against forgery in {_shown(form)}"
        for form in tags
        if form.name == "form"
        and str(form.get("method", "")).lower() == "post"
        and not form.find(attrs={"name": "csrfmiddlewaretoken"})
    ]
    found += [
        f"no alternative text in {_shown(each)}" for each in tags if each.name == "img" and "alt" not in each.attrs
    ]
    return found


def _dangling(tags: Sequence[Tag], ids: set[str]) -> list[str]:
    found = []
    for tag in tags:
        link = str(tag.get("href", "")) if tag.name == "a" else ""
        if link.startswith("#") and link[1:] not in ids:
            found.append(f"link to {link}, which is not on the page")
        if "for" in tag.attrs and tag["for"] not in ids:
            found.append(f"label for {tag['for']}, which is not on the page")
        for name in tag.attrs.keys() & ID_LISTS:
            value = tag[name]
            wanted = value if isinstance(value, list) else str(value).split()
            found += [f"{name} names {one}, which is not on the page" for one in wanted if one not in ids]
    return found


def _named(field: Tag, labelled: set[str]) -> bool:
    if field.get("type") in NEEDS_NO_LABEL or field.get("aria-label") or field.get("aria-labelledby"):
        return True
    if str(field.get("id", "")) in labelled:
        return True
    around = field.find_parent("label")
    return bool(around and _words(around))


def _said(link: Tag) -> bool:
    return bool(_words(link) or link.get("aria-label"))


def _words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def _shown(tag: Tag) -> str:
    return str(tag)[:120]
