"""Partnerships and what belongs to them."""

from register.models.actions import Action, ActionNote, Origin
from register.models.documents import Document
from register.models.imports import Import, ImportedRow
from register.models.lists import ListEntry, Organisation, Priority
from register.models.partnership import Partnership, Status
from register.models.parts import (
    Benefit,
    Contribution,
    FundingSource,
    Membership,
    PriorityLink,
    Representative,
    Risk,
    Side,
    View,
)
from register.models.views import DuplicateVerdict, SavedView

__all__ = [
    "Action",
    "ActionNote",
    "Benefit",
    "Contribution",
    "Document",
    "DuplicateVerdict",
    "FundingSource",
    "Import",
    "ImportedRow",
    "ListEntry",
    "Membership",
    "Organisation",
    "Origin",
    "Partnership",
    "Priority",
    "PriorityLink",
    "Representative",
    "Risk",
    "SavedView",
    "Side",
    "Status",
    "View",
]
