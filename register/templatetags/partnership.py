"""What a partnership's page needs beside its own context: the sections that every app brings."""

from django import template

from register.sections import Section, all_sections

register = template.Library()


@register.simple_tag
def partnership_sections() -> tuple[Section, ...]:
    """The sections of a partnership's page, in the order of the settings."""
    return all_sections()
