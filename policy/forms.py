"""The forms that choose which two versions are compared, and from which day one holds."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from config import words
from config.fields import DatePartsField
from policy.models import PolicyVersion


def _since(version: PolicyVersion) -> str:
    return f"from {words.day(version.in_force_from)}" if version.in_force_from else "(not in force yet)"


class InForceForm(forms.Form):
    """From which day a version that waits holds."""

    helper = FormHelper()
    helper.form_tag = False
    on = DatePartsField(label="In force from", error_messages={"required": "Enter the day from which it holds"})


class ComparisonForm(forms.Form):
    """From which version to which. A version is written as its code and number: "westmarsh-2031/2"."""

    helper = FormHelper()
    helper.form_tag = False

    def __init__(self, *args: Any, versions: Sequence[PolicyVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {f"{each.code}/{each.version}": each for each in versions}
        # The version comes first: a narrow field cuts the end.
        choices = [
            (name, f"Version {each.version} {_since(each)}, {each.title}") for name, each in self.versions.items()
        ]
        for name, label, missing in (
            ("from", "Earlier version", "Select the earlier version"),
            ("to", "Later version", "Select the later version"),
        ):
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=choices,
                error_messages={
                    "required": missing,
                    "invalid_choice": f"{missing}: the list has those that were loaded",
                },
            )

    def chosen(self, name: str) -> PolicyVersion:
        """The version that was chosen under "from" or "to"."""
        return self.versions[self.cleaned_data[name]]
