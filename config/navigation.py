"""What the frame round every page shows: menu by permission, council, policy version in force."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give base.html its council and menu."""
    return {"council_name": settings.COUNCIL_NAME}
