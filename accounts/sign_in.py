"""allauth's forms in our words: labels, hints, and errors that say what to do."""

from typing import Any

from allauth.account import forms as allauth
from django import forms

ADDRESS = "Enter an e-mail address like name@example.gov.uk"
RULE = "At least 12 characters, and none that many people use. Three words that you remember are good"


def _word(field: forms.Field, label: str, error: str, hint: str = "") -> None:
    field.label, field.help_text = label, hint
    field.error_messages["required"] = error
    field.widget.attrs.pop("placeholder", None)


class SignInForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"], "E-mail address", "Enter your e-mail address")
        _word(self.fields["password"], "Password", "Enter your password")
        self.fields["login"].error_messages["invalid"] = ADDRESS
        for validator in self.fields["login"].validators:
            if hasattr(validator, "whitelist") or hasattr(validator, "domain_allowlist"):
                validator.message = ADDRESS


class NewPasswordForm(allauth.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self.fields["email"],
            "E-mail address",
            "Enter your e-mail address",
            "The one you use for the register. A link to set a new password goes there",
        )
        self.fields["email"].error_messages["invalid"] = ADDRESS


class _TwicePassword(forms.Form):
    """The new password, typed twice: nothing else on the page would show a slip."""

    def _word_passwords(self) -> None:
        _word(self.fields["password1"], "New password", "Enter a new password", RULE)
        _word(self.fields["password2"], "New password again", "Enter the new password again")

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "password2" and not isinstance(error, forms.ValidationError):
            error = "Enter the same new password twice"
        super().add_error(field, error)


class SetPasswordForm(_TwicePassword, allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._word_passwords()


class ChangePasswordForm(_TwicePassword, allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._word_passwords()
        _word(self.fields["oldpassword"], "Present password", "Enter the password you use now")


class AgainForm(allauth.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password"], "Password", "Enter your password")
