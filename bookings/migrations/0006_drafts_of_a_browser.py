"""Find the drafts of one browser without reading those of all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0005_health_draft"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["owner_hash"], name="draft_of_browser"),
        ),
    ]
