"""A dose moved to the person it belongs to may lack consent and health questions: nobody asked them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('immunisations', '0007_fact_lifted'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='vaccination',
            name='vaccination_given_is_whole',
        ),
        migrations.AddField(
            model_name='vaccination',
            name='moved_here',
            field=models.BooleanField(db_default=False, default=False, verbose_name='moved from another person’s record'),
        ),
        migrations.AddConstraint(
            model_name='vaccination',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'completed'), _negated=True), models.Q(models.Q(('product_name', ''), _negated=True), models.Q(('batch_number', ''), _negated=True), models.Q(('body_site', ''), _negated=True), models.Q(('route', ''), _negated=True), models.Q(('given_by_name', ''), _negated=True), models.Q(('legal_mechanism', ''), _negated=True), models.Q(('vaccine', ''), _negated=True), ('batch__isnull', False), ('batch_expires_on__isnull', False), ('given_at__isnull', False), ('given_by__isnull', False), ('given_on__isnull', False), ('product__isnull', False), ('volume_ml__isnull', False), models.Q(models.Q(('consent__isnull', False), ('screening__isnull', False)), ('moved_here', True), _connector='OR')), _connector='OR'), name='vaccination_given_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='vaccination',
            constraint=models.CheckConstraint(condition=models.Q(('moved_here', False), ('moved_from__isnull', False), models.Q(('replaces__isnull', False), models.Q(('correction_reason', ''), _negated=True)), _connector='OR'), name='vaccination_moved_here_from_somewhere'),
        ),
    ]
