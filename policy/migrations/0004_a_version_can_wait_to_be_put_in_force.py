from importlib import import_module

from django.db import migrations, models

earlier = import_module("policy.migrations.0003_guard_published_versions")
NEVER = earlier.NEVER
GUARDED = earlier.GUARDED.removesuffix(", in_force_from")

# A later migration that rebuilds this table on SQLite drops these triggers and must put them up again.
PUT_UP = {
    "sqlite": [
        f"""
        CREATE TRIGGER IF NOT EXISTS policy_version_never_changes
        BEFORE UPDATE OF {GUARDED} ON policy_policyversion
        BEGIN SELECT RAISE(ABORT, '{NEVER}'); END
        """,
        f"""
        CREATE TRIGGER IF NOT EXISTS policy_version_comes_into_force_once
        BEFORE UPDATE OF in_force_from, decision ON policy_policyversion
        WHEN OLD.in_force_from IS NOT NULL
        BEGIN SELECT RAISE(ABORT, '{NEVER}'); END
        """,
        f"""
        CREATE TRIGGER IF NOT EXISTS policy_version_is_kept
        BEFORE DELETE ON policy_policyversion
        BEGIN SELECT RAISE(ABORT, '{NEVER}'); END
        """,
    ],
    "postgresql": [
        earlier.PUT_UP["postgresql"][0],
        f"""
        CREATE TRIGGER policy_version_never_changes BEFORE UPDATE OF {GUARDED} ON policy_policyversion
        FOR EACH ROW EXECUTE FUNCTION policy_version_refuse()
        """,
        """
        CREATE TRIGGER policy_version_comes_into_force_once
        BEFORE UPDATE OF in_force_from, decision ON policy_policyversion
        FOR EACH ROW WHEN (OLD.in_force_from IS NOT NULL) EXECUTE FUNCTION policy_version_refuse()
        """,
        earlier.PUT_UP["postgresql"][2],
    ],
}
TAKE_DOWN = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS policy_version_comes_into_force_once",
        *earlier.TAKE_DOWN["sqlite"],
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS policy_version_comes_into_force_once ON policy_policyversion",
        *earlier.TAKE_DOWN["postgresql"],
    ],
}


def _run(statements, schema_editor):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def put_up(apps, schema_editor):
    _run(PUT_UP, schema_editor)


def take_down(apps, schema_editor):
    _run(TAKE_DOWN, schema_editor)


class Migration(migrations.Migration):
    """A version can be kept before it is put in force; once it is, its day and its decision stay as they are."""

    dependencies = [("policy", "0003_guard_published_versions")]

    operations = [
        # The guards come down while the table changes; backwards the earlier ones are put up again.
        migrations.RunPython(earlier.take_down, earlier.put_up),
        migrations.AddField(
            model_name="policyversion",
            name="decision",
            field=models.TextField(blank=True, help_text="Who agreed to it and when, or that nobody did"),
        ),
        migrations.AlterField(
            model_name="policyversion",
            name="in_force_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.CheckConstraint(
                condition=models.Q(in_force_to__isnull=True) | models.Q(in_force_from__isnull=False),
                name="what_ends_was_in_force",
            ),
        ),
        migrations.RunPython(put_up, take_down),
    ]
