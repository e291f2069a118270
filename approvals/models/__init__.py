"""Requests, the steps taken on them, who may not take part, and the meetings that take them."""

from approvals.models.meetings import (
    AgendaItem,
    BodySetting,
    Exempt,
    KeyDecision,
    Meeting,
    MeetingState,
    StepAhead,
)
from approvals.models.requests import (
    OPEN,
    SETTLED,
    Condition,
    Deputy,
    Interest,
    Request,
    Status,
    StepTaken,
    Turn,
    digest_of,
    sealed,
)

__all__ = [
    "OPEN",
    "SETTLED",
    "AgendaItem",
    "BodySetting",
    "Condition",
    "Deputy",
    "Exempt",
    "Interest",
    "KeyDecision",
    "Meeting",
    "MeetingState",
    "Request",
    "Status",
    "StepAhead",
    "StepTaken",
    "Turn",
    "digest_of",
    "sealed",
]
