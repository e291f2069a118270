from django.db import migrations

# How the register named the sources of its actions until now.
CONDITION = "Condition of "


def say_origin(apps, schema_editor):
    actions = apps.get_model("register", "Action").objects
    actions.filter(source__startswith=CONDITION).update(origin="decision", needs_evidence=True)
    actions.filter(origin="hand").exclude(source="").update(origin="form")


class Migration(migrations.Migration):
    dependencies = [("register", "0007_actions_with_a_word")]

    operations = [migrations.RunPython(say_origin, migrations.RunPython.noop)]
