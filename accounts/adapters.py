"""How allauth behaves here: nobody makes an account for themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator (requirements section 6)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": (
            "Enter the e-mail address and password you use for the register. "
            "After 5 wrong tries sign-in is closed for 15 minutes."
        ),
        "enter_current_password": "Enter the password you use now",
        "incorrect_password": "Enter the password you use now",
        "too_many_login_attempts": (
            "Sign-in is closed for this address for 15 minutes after 5 wrong tries. Wait, or set a new password"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_user_search_fields(self) -> list[str]:
        return ["email", "name"]
