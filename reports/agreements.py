"""A version of an agreement as a document: a tagged PDF, a web page that stands alone, and a text to edit."""

from datetime import date
from typing import Any

from django.conf import settings

from assessments.models import Agreement
from config import words
from reports.text_document import TextDocument

TEMPLATE = "reports/agreement_pdf.html"


def context_of(agreement: Agreement, *, made_on: date, made_by: str) -> dict[str, Any]:
    """What the document shows."""
    return {
        "agreement": agreement,
        "council": settings.COUNCIL_NAME,
        "state": state_of(agreement),
        "partners": words.listed(
            str(each.organisation)
            for each in agreement.partnership.memberships.select_related("organisation").order_by("pk")
        ),
        "made_on": made_on,
        "made_by": made_by,
    }


def state_of(agreement: Agreement) -> str:
    """Where the version stands, in words: "Version 2, agreed on 3 March 2026, to be reviewed by 3 March 2027"."""
    if agreement.is_draft or agreement.agreed_on is None or agreement.review_on is None:
        return f"Draft of version {agreement.number}. Nothing in it is agreed yet"
    replaced = "" if agreement.is_in_force else ", replaced by a later version"
    on, review_on = words.day(agreement.agreed_on), words.day(agreement.review_on)
    return f"Version {agreement.number}, agreed on {on}, to be reviewed by {review_on}{replaced}"


def text_document_of(context: dict[str, Any]) -> bytes:
    """The words to be edited elsewhere, as OpenDocument text."""
    agreement: Agreement = context["agreement"]
    document = TextDocument(
        f"{agreement.form.title}: {agreement.partnership.name}", context["council"], context["made_on"]
    )
    document.heading(agreement.form.title, 1)
    document.paragraphs(f"{agreement.partnership.name} ({agreement.partnership.reference})\n{context['state']}")
    if context["partners"]:
        document.paragraphs(f"Between {context['partners']}")
    for number, (_, title, text) in enumerate(agreement.headings, start=1):
        document.heading(f"{number}. {title}", 2)
        document.paragraphs(text or "Nothing written yet")
    document.heading("Signed", 2)
    signatures = list(agreement.signatures.all())
    if signatures:
        rows = [
            (each.organisation, ", ".join(filter(None, (each.name, each.position))), words.day(each.signed_on))
            for each in signatures
        ]
        document.table(("Organisation", "Signed by", "On"), rows)
    else:
        document.paragraphs("Nobody has signed yet")
    return document.as_bytes()
