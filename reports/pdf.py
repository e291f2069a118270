"""Pages as tagged PDF (PDF/UA-1). Nothing is fetched but our own static files."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any
from urllib.parse import unquote

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string

BASE = "https://static.invalid/"  # an address that nobody can have; the fetcher reads it as the static folder
STYLE = "css/report.css"
KINDS = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml", ".png": "image/png"}


class PdfTrouble(RuntimeError):
    """The PDF could not be made; says what to do."""


def _static_file(name: str) -> Path | None:
    """The static file of that name, from the folders in development, else from where collectstatic put it."""
    found = finders.find(name)
    if found:
        return Path(found)
    path = Path(staticfiles_storage.path(name))
    return path if path.is_file() else None


def own_file(url: str) -> tuple[bytes, str]:
    """Our static file behind an address, with its kind. Raises ValueError for every other address."""
    name = unquote(url.removeprefix(BASE).partition("?")[0])
    kind = KINDS.get(Path(name).suffix.lower())
    if not url.startswith(BASE) or kind is None or ".." in Path(name).parts or name.startswith("/"):
        raise ValueError(f"Refused: a report reads nothing but its own style sheet and fonts ({url[:80]})")
    path = _static_file(name)
    if path is None:
        raise ValueError(f"Refused: {name} is not one of our static files. Type: make assets")
    return path.read_bytes(), kind


def pdf_of_html(html: str, *, on_page: Callable[[str], None] | None = None) -> bytes:
    """Lay out a page and give the PDF; `on_page` is told of each page as it is laid out, and may raise.

    Raises PdfTrouble when the libraries it needs are not there.
    """
    try:
        # It loads Pango, which pages without PDF must do without.
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except OSError as trouble:
        raise PdfTrouble(
            "PDFs need the library Pango. Type: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from trouble

    class OwnFilesOnly(URLFetcher):
        """Refuses the network and every file but ours."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            body, kind = own_file(url)
            return URLFetcherResponse(url, body, {"Content-Type": kind})

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    fetcher = OwnFilesOnly(allowed_protocols=("https",), allow_redirects=False)
    with _told(on_page):
        return HTML(string=html, base_url=BASE, url_fetcher=fetcher).write_pdf(pdf_variant="pdf/ua-1")


@contextmanager
def _told(on_page: Callable[[str], None] | None) -> Iterator[None]:
    """Hand on what the renderer logs of its pages: it offers no other way to say how far it is."""
    if on_page is None:
        yield
        return
    tell, mine = on_page, get_ident()

    class Telling(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            words = record.getMessage().rpartition(" - ")[2]
            if record.thread == mine:
                after = "the file is put together" if "PDF" in words else ""
                tell(f"{words.lower()} laid out" if words.startswith("Page") else after)

    telling, log = Telling(), logging.getLogger("weasyprint.progress")
    level, log.propagate = log.level, False
    log.setLevel(logging.INFO)  # the renderer's own level lets nothing but warnings through
    log.addHandler(telling)
    try:
        yield
    finally:
        log.removeHandler(telling)
        log.setLevel(level)
        log.propagate = True


def on_paper(template: str, context: dict[str, Any]) -> str:
    """A report's page as the PDF is made from it."""
    return render_to_string(template, context | {"paper": True})


def standing_alone(template: str, context: dict[str, Any]) -> str:
    """The same page as one file for a browser."""
    return alone(on_paper(template, context))


def alone(page: str) -> str:
    """A page of paper with the reports' own style sheet in it."""
    style = own_file(BASE + STYLE)[0].decode()
    return page.replace(f'<link rel="stylesheet" href="{STYLE}">', f"<style>{style}</style>")


def pdf_of(template: str, context: dict[str, Any]) -> bytes:
    """Render a template for paper and lay it out as PDF."""
    return pdf_of_html(on_paper(template, context))
