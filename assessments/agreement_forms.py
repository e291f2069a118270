"""The forms of an agreement: the words under a heading, agreeing a version, a signature."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from assessments import drafts
from assessments.forms import DraftForm
from assessments.models import Agreement
from config.fields import DatePartsField, Radios

LONGEST = 20_000
OTHER = "other"


class HeadingForm(DraftForm):
    """The words under one heading; what somebody else wrote there meanwhile is not overwritten unseen."""

    helper = FormHelper()
    helper.form_tag = False

    text = forms.CharField(
        label="What the agreement says here",
        help_text="Leave an empty line between paragraphs",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 14}),
    )

    def __init__(self, *args: Any, agreement: Agreement, heading: str, **kwargs: Any) -> None:
        self.kept = agreement.texts.get(heading, "")
        kwargs["initial"] = {"text": self.kept, "opened": drafts.seal(self.theirs())}
        super().__init__(*args, **kwargs)

    def clean_text(self) -> str:
        return self.cleaned_data["text"].replace("\r\n", "\n").strip()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | self.merge(cleaned) if "text" in cleaned else cleaned

    def theirs(self) -> dict[str, Any]:
        return {"text": self.kept}

    def mine(self) -> dict[str, Any]:
        return {"text": self.cleaned_data.get("text", "")}


class AgreeForm(forms.Form):
    """When the partners agreed the draft, and when it is looked at again."""

    helper = FormHelper()
    helper.form_tag = False

    on = DatePartsField(
        label="Agreed on",
        help_text="The day on which the partners agreed it, like 27 3 2026",
        error_messages={"required": "Enter the day on which it was agreed, like 27 3 2026"},
    )
    review_on = DatePartsField(
        label="Next review",
        help_text="The register reminds you then",
        error_messages={"required": "Enter the day of the next review, like 27 3 2027"},
    )


class SignForm(forms.Form):
    """Who signed for which organisation, and when."""

    helper = FormHelper()
    helper.form_tag = False

    organisation = forms.ChoiceField(
        label="For which organisation?", widget=Radios, error_messages={"required": "Select the organisation"}
    )
    another = forms.CharField(label="Its name, if it is another one (optional)", max_length=200, required=False)
    name = forms.CharField(
        label="Who signed?", max_length=200, error_messages={"required": "Enter the name of the person who signed"}
    )
    position = forms.CharField(
        label="Their position (optional)", help_text="Such as Chief Executive", max_length=200, required=False
    )
    on = DatePartsField(
        label="Signed on", error_messages={"required": "Enter the day on which it was signed, like 27 3 2026"}
    )

    def __init__(self, *args: Any, organisations: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each, each) for each in organisations]
        self.fields["organisation"].choices = [*choices, (OTHER, "Another organisation")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        another = " ".join(cleaned.get("another", "").split())
        if cleaned.get("organisation") == OTHER:
            if not another:
                self.add_error("another", "Enter the name of the organisation")
            cleaned["organisation"] = another
        return cleaned
