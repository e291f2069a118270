from django.db import migrations, models


class Migration(migrations.Migration):
    """A database's own JSON forgets the order of keys; the canonical form is text, as its digest is of text."""

    dependencies = [("policy", "0001_initial")]

    operations = [
        migrations.AlterField("policyversion", "canonical", models.TextField()),
    ]
