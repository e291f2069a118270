"""What a partnership's page needs beside its own context: the sections and documents that other apps bring."""

from django import template
from django.conf import settings
from django.urls import reverse

from register.models import Partnership
from register.sections import Section, all_sections

register = template.Library()


@register.simple_tag
def partnership_sections() -> tuple[Section, ...]:
    """The sections of a partnership's page, in the order of the settings."""
    return all_sections()


@register.simple_tag
def entry_downloads(partnership: Partnership) -> list[tuple[str, str]]:
    """What the whole entry can be read as, by the settings: words and address."""
    return [(title, reverse(name, args=[partnership.reference])) for title, name in settings.ENTRY_DOWNLOADS]
