"""A calendar of days as RFC 5545 writes it: escaped, folded, one event a day, no text of a decision in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from reviews.models import Occasion

LINE = 75  # octets of a line before it is folded (RFC 5545, section 3.1)


@dataclass(frozen=True)
class Event:
    """A whole day: `uid` stays the same when the day moves, so that a calendar moves it too."""

    uid: str
    on: date
    title: str
    text: str
    address: str


def event_of(occasion: Occasion) -> Event:
    """A due day as an event. It names the partnership and the kind of review, and links the page."""
    host = settings.SITE_ADDRESS.rpartition("/")[2].partition(":")[0]
    entry = occasion.partnership
    path = reverse("reviews:of_entry", args=[entry.reference]) if entry else reverse("reviews:review_list")
    about = f": {entry.name}" if entry else ""
    whom = entry.reference if entry else "council"
    return Event(
        f"{occasion.cycle}.{whom}@{host}",
        occasion.due_on,
        f"{occasion.title}{about}",
        occasion.because,
        f"{settings.SITE_ADDRESS}{path}",
    )


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line breaks escaped (section 3.3.11)."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, never through a letter; the next piece begins with a space."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return "\r\n".join([*pieces, piece])


def calendar_of(events: Iterable[Event], *, name: str, at: datetime) -> str:
    """The whole calendar, with lines that end as the standard asks."""
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Partnership register//Dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(event.title)}",
            f"DESCRIPTION:{escaped(event.text)}",
            f"URL:{event.address}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)
