"""What a version of an agreement can be read as, by the settings: the documents are made above this app."""

from django import template
from django.conf import settings
from django.urls import reverse

from assessments.models import Agreement

register = template.Library()


@register.simple_tag
def agreement_downloads(agreement: Agreement) -> list[tuple[str, str]]:
    """The documents of a version: words and address."""
    parts = [agreement.partnership.reference, agreement.number]
    return [(title, reverse(name, args=parts)) for title, name in settings.AGREEMENT_DOWNLOADS]
