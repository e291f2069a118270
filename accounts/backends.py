"""Answers Django's own questions about permissions from the table in accounts/permissions.py."""

from typing import Any

from django.contrib.auth.backends import BaseBackend


class RoleBackend(BaseBackend):
    """Permissions by role; signing in is allauth's business."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_authenticated and bool(user_obj.has_perm(perm))

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(user_obj.get_all_permissions()) if user_obj.is_authenticated else set()
