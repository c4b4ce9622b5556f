from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('immunisations', '0002_the_record'),
    ]

    operations = [
        migrations.AddField(
            model_name='consent',
            name='dose_numbers',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='for the doses'),
        ),
    ]
