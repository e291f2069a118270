from django.db import migrations

NEVER = "A published policy version never changes. Load the new text as a new version"
GUARDED = "id, code, version, title, digest, text, canonical, loaded_by_id, loaded_at, in_force_from"

# A later migration that rebuilds this table on SQLite drops these triggers and must put them up again.
PUT_UP = {
    "sqlite": [
        f"""
        CREATE TRIGGER IF NOT EXISTS policy_version_never_changes
        BEFORE UPDATE OF {GUARDED} ON policy_policyversion
        BEGIN SELECT RAISE(ABORT, '{NEVER}'); END
        """,
        f"""
        CREATE TRIGGER IF NOT EXISTS policy_version_is_kept
        BEFORE DELETE ON policy_policyversion
        BEGIN SELECT RAISE(ABORT, '{NEVER}'); END
        """,
    ],
    "postgresql": [
        f"""
        CREATE OR REPLACE FUNCTION policy_version_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{NEVER}' USING ERRCODE = 'restrict_violation'; END $$
        """,
        f"""
        CREATE TRIGGER policy_version_never_changes BEFORE UPDATE OF {GUARDED} ON policy_policyversion
        FOR EACH ROW EXECUTE FUNCTION policy_version_refuse()
        """,
        """
        CREATE TRIGGER policy_version_is_kept BEFORE DELETE ON policy_policyversion
        FOR EACH ROW EXECUTE FUNCTION policy_version_refuse()
        """,
    ],
}
TAKE_DOWN = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS policy_version_is_kept",
        "DROP TRIGGER IF EXISTS policy_version_never_changes",
    ],
    "postgresql": [
        "DROP TRIGGER IF EXISTS policy_version_is_kept ON policy_policyversion",
        "DROP TRIGGER IF EXISTS policy_version_never_changes ON policy_policyversion",
        "DROP FUNCTION IF EXISTS policy_version_refuse()",
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
    """What a version says cannot be changed or removed in the database either."""

    dependencies = [("policy", "0002_canonical_form_keeps_its_order")]

    operations = [migrations.RunPython(put_up, take_down)]
