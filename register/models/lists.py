"""Lists that the council keeps itself: organisations, priorities with their outcomes, other words."""

import unicodedata

from django.db import models
from django.db.models.functions import Lower


def normalised(text: str) -> str:
    """Text as the search column holds it: lower case, accents off, single blanks (Welsh names too)."""
    if text.isascii():  # most names: an import normalises tens of thousands
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


class Organisation(models.Model):
    """A partner: a council, body, business or group; a person where the policy allows it (STR-A04)."""

    name = models.CharField(max_length=200)
    sector = models.CharField(max_length=60, blank=True, help_text="Value of the pack's list of kinds of partner")
    is_person = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="one_organisation_a_name",
                violation_error_message="An organisation of this name is already on the list. Choose it there",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Priority(models.Model):
    """A corporate priority, or a critical outcome under one (BRK-B10, BRK-B11).

    `code` is as people say it: "3", "1.10".
    """

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="outcomes")
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ListEntry(models.Model):
    """A value of another list that the council keeps: themes, areas, client groups (CONF-07)."""

    list_id = models.SlugField(max_length=60)
    value = models.CharField(max_length=60)
    label = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_id", "value"], name="one_value_a_list"),
        ]

    def __str__(self) -> str:
        return self.label
