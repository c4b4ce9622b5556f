"""Indexes of the phone numbers and email addresses of bookings: made beside the work of a running service where the
database can."""

import django.db.models.functions.text
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

    dependencies = [("bookings", "0007_replaced_addresses")]

    operations = [
        AddIndexBesideWork(
            model_name="booking",
            index=models.Index(fields=["team", "phone"], name="booking_by_phone"),
        ),
        AddIndexBesideWork(
            model_name="booking",
            index=models.Index(django.db.models.functions.text.Upper("email"), name="booking_by_email"),
        ),
    ]
