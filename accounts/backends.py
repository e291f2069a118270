"""Answers `user.has_perm` from the table in accounts/permissions.py."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.permissions import PERMISSIONS


class RoleBackend(BaseBackend):
    """Permissions by role; signing in is allauth's business."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or perm not in PERMISSIONS:
            return False
        return not PERMISSIONS[perm].isdisjoint(user_obj.roles)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active:
            return set()
        roles = user_obj.roles
        return {name for name, allowed in PERMISSIONS.items() if not allowed.isdisjoint(roles)}

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        start = f"{app_label}."
        return any(name.startswith(start) for name in self.get_all_permissions(user_obj))
