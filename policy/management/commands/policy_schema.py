"""Write the JSON Schema of a policy pack, for editors that complete and check YAML."""

from typing import Any

from django.core.management.base import BaseCommand

from policy.schema import SCHEMA_FILE, schema_text


class Command(BaseCommand):
    """Safe to repeat; a test says when the file is out of date."""

    help = "Write policy/pack.schema.json from the typed model."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
        self.stdout.write(f"{SCHEMA_FILE.name} is written")
