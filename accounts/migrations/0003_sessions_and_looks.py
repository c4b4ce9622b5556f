"""A count by which a user's open sessions are ended; and an index of who looked, by user, made beside the work of a
running service where the database can."""

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

    dependencies = [("accounts", "0002_privacy_lead_and_pin")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sessions_ended",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="sessions ended"),
        ),
        AddIndexBesideWork(
            model_name="recordview",
            index=models.Index(fields=["user_id", "team_id", "-id"], name="views_by_user"),
        ),
    ]
