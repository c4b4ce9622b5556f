"""What every room's models share: an outside name, and rows that only ever gain company."""

import uuid

from django.db import models


class PublicIdModel(models.Model):
    """A row with a name for the outside: every URL, API and export shows ``public_id``, never the key inside."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class AppendOnlyModel(models.Model):
    """Rows that are added and never changed or removed.

    The database itself refuses: ``accounts.append_only`` puts triggers on every table of a subclass after each
    migration. What was wrong is put right by a further row that says so.
    """

    append_only = True

    class Meta:
        abstract = True
