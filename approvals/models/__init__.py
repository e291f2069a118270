"""Requests, the steps taken on them, and who may not take part."""

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
    "Condition",
    "Deputy",
    "Interest",
    "Request",
    "Status",
    "StepTaken",
    "Turn",
    "digest_of",
    "sealed",
]
