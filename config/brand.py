"""The council's colour, as a style sheet of one rule: the page allows no style within it."""

import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.checks import Error, register
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
ENOUGH = 4.5  # WCAG 2.2, 1.4.3: white words stand on the colour


@require_GET
@login_not_required
def sheet(request: HttpRequest) -> HttpResponse:
    """Answer with the rule that gives every page the council's colour."""
    response = HttpResponse(f":root{{--app-brand:{settings.COUNCIL_COLOUR}}}\n", content_type="text/css")
    response["Cache-Control"] = "public, max-age=300"
    return response


def contrast_with_white(colour: str) -> float:
    """How far `colour` ("#00625f") stands out from white, by WCAG's formula: from 1 to 21."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@register
def check_colour(**_: object) -> list[Error]:
    """Refuse a colour that is none, or on which white words cannot be read."""
    colour = settings.COUNCIL_COLOUR
    if not COLOUR.fullmatch(colour):
        return [Error(f"COUNCIL_COLOUR is {colour!r}", hint="Write it like #00625f", id="config.E001")]
    if contrast_with_white(colour) < ENOUGH:
        return [
            Error(
                f"White words cannot be read on COUNCIL_COLOUR {colour}",
                hint="Choose a darker colour: the contrast with white must be 4.5 or more",
                id="config.E002",
            )
        ]
    return []
