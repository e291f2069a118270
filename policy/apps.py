from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "policy"
    verbose_name = "Policy"

    def ready(self) -> None:
        from policy import checks  # noqa: F401 (registers the checks)
