"""An offer of the waiting list that nobody answered in time says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0003_the_whole_journey")]

    operations = [
        migrations.AlterField(
            model_name="waitinglistoffer",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("taken", "Taken"),
                    ("declined", "Declined"),
                    ("lapsed", "Not answered in time"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="",
                max_length=10,
                verbose_name="answer",
            ),
        ),
    ]
