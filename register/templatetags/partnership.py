"""What a partnership's page needs beside its own context: the sections and documents that other apps bring."""

from django import template

from register.sections import Section, all_sections

register = template.Library()


@register.simple_tag
def partnership_sections() -> tuple[Section, ...]:
    """The sections of a partnership's page, in the order of the settings."""
    return all_sections()
