"""Django's own admin, where a council switches it on: for superusers alone, and only to read."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

OURS = ("accounts", "policy", "register", "assessments", "reports")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows and changes none: records change through their verbs, which know who and why."""

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [field.name for field in self.model._meta.fields if field.name == "password"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SuperusersAdmin(admin.AdminSite):
    """Lets in superusers who signed in on the register's own page, which limits wrong tries."""

    site_header = "Partnership register: rows of the database, to read"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")


def register_ours(site: admin.AdminSite) -> None:
    """Show every model of ours, read only. Called once all apps are loaded."""
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            if not site.is_registered(model):
                site.register(model, ReadOnlyAdmin)
