"""A page as a test reads it, and what every page of the register must hold."""

from collections import Counter
from typing import Any

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse

ID_LISTS = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "headers")
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
        self.soup = BeautifulSoup(self.html, "html.parser")

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


def faults(html: str) -> list[str]:
    """What is wrong with a whole page's markup; nothing for a good one."""
    soup = BeautifulSoup(html, "html.parser")
    found = []
    headings = soup.find_all("h1")
    title = _words(soup.title).removeprefix("Error: ") if soup.title else ""
    if len(headings) != 1:
        found.append(f"{len(headings)} h1 headings: a page has one")
    elif not _words(headings[0]) or not title.startswith(_words(headings[0])):
        found.append(f"the title {title!r} does not start with the heading {_words(headings[0])!r}")
    if not (soup.html and soup.html.get("lang")):
        found.append("no language")
    counts = Counter(str(each["id"]) for each in soup.select("[id]"))
    found += [f"id {each} stands {times} times" for each, times in counts.items() if times > 1]
    found += _dangling(soup, set(counts))
    found += [
        f"no label for {_shown(field)}" for field in soup.select("input, select, textarea") if not _named(soup, field)
    ]
    found += [f"no words in {_shown(link)}" for link in soup.select("a[href], button") if not _said(link)]
    found += [
        f"inline style or script in {_shown(each)}"
        for each in soup.select("[style], [onclick], style, script:not([src])")
    ]
    found += [
        f"no guard against forgery in {_shown(form)}"
        for form in soup.select("form")
        if str(form.get("method", "")).lower() == "post" and not form.select("[name=csrfmiddlewaretoken]")
    ]
    found += [f"no alternative text in {_shown(each)}" for each in soup.select("img:not([alt])")]
    return found


def _dangling(soup: BeautifulSoup, ids: set[str]) -> list[str]:
    found = [
        f"link to #{link['href'][1:]}, which is not on the page"
        for link in soup.select("a[href^='#']")
        if str(link["href"])[1:] not in ids
    ]
    found += [
        f"label for {each['for']}, which is not on the page" for each in soup.select("[for]") if each["for"] not in ids
    ]
    for name in ID_LISTS:
        for each in soup.select(f"[{name}]"):
            value = each[name]
            wanted = value if isinstance(value, list) else str(value).split()
            found += [f"{name} names {one}, which is not on the page" for one in wanted if one not in ids]
    return found


def _named(soup: BeautifulSoup, field: Tag) -> bool:
    if field.get("type") in NEEDS_NO_LABEL or field.get("aria-label") or field.get("aria-labelledby"):
        return True
    label = soup.find("label", attrs={"for": field["id"]}) if field.get("id") else None
    label = label or field.find_parent("label")
    return bool(label and _words(label))


def _said(link: Tag) -> bool:
    return bool(_words(link) or link.get("aria-label"))


def _words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split())


def _shown(tag: Tag) -> str:
    return str(tag)[:120]
