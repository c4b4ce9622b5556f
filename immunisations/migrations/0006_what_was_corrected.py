"""An index of what was corrected, newest first: made beside the work of a running service where the database can."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class AddIndexBesideWork(AddIndexConcurrently):
    """Adds an index without holding up writes on PostgreSQL, and as ever on SQLite."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            migrations.AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            migrations.AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    # PostgreSQL makes an index beside other work only outside a transaction.
    atomic = False

    dependencies = [("immunisations", "0005_doses_written_twice")]

    operations = [
        AddIndexBesideWork(
            model_name="vaccination",
            index=models.Index(
                condition=models.Q(("correction_reason", ""), _negated=True),
                fields=["recorded_at"],
                name="vaccination_corrected_at",
            ),
        ),
    ]
