"""An index of our own for reading the register as it was at a moment.

The history package's own index begins with the date, so that finding the last version of each record
before a moment reads every version. This one begins with the record.
"""

from django.db import migrations

TABLES = (
    "partnership",
    "membership",
    "representative",
    "prioritylink",
    "contribution",
    "fundingsource",
    "benefit",
    "risk",
    "action",
    "document",
)


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql=f"CREATE INDEX register_{table}_at ON register_historical{table} (id, history_date, history_id)",
            reverse_sql=f"DROP INDEX register_{table}_at",
        )
        for table in TABLES
    ]
