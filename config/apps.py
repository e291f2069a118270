"""Django's view of the configuration package, and which static files are left out."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Configuration"

    def ready(self) -> None:
        from config import brand  # noqa: F401 - its check registers itself


class RegisterStaticFilesConfig(StaticFilesConfig):
    # The Sass sources are compiled before collectstatic; htmx extensions import modules that the
    # manifest storage cannot find.
    ignore_patterns = ["CVS", ".*", "*~", "scss", "*.scss", "ext", "*.map"]


class RegisterAdminConfig(SimpleAdminConfig):
    """Django's own admin, for superusers alone; only where DJANGO_ADMIN is on."""

    default_site = "config.admin.SuperusersAdmin"

    def ready(self) -> None:
        super().ready()
        from django.contrib import admin

        from config.admin import register_ours

        register_ours(admin.site)
