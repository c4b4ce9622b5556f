import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('immunisations', '0004_status'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DoseJudgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('first_vaccine', models.CharField(choices=[('MMR', 'MMR'), ('MMRV', 'MMRV'), ('6IN1', '6-in-1'), ('5IN1', '5-in-1 (before August 2017, and abroad)'), ('4IN1', '4-in-1'), ('3IN1', 'Td/IPV (3-in-1 teenage booster)'), ('MENB', 'MenB'), ('PNEUMOCOCCAL', 'Pneumococcal (PCV)'), ('ROTAVIRUS', 'Rotavirus'), ('HPV', 'HPV'), ('MENACWY', 'MenACWY'), ('HIBMENC', 'Hib/MenC'), ('VARICELLA', 'Chickenpox'), ('YELLOWFEVER', 'Yellow fever'), ('OPV', 'Polio by mouth (OPV, abroad)'), ('MEASLES_ONLY', 'Measles, or measles and rubella, alone'), ('OTHER', 'Another vaccine')], max_length=20, verbose_name='first vaccine')),
                ('first_on', models.DateField(verbose_name='first date')),
                ('second_vaccine', models.CharField(choices=[('MMR', 'MMR'), ('MMRV', 'MMRV'), ('6IN1', '6-in-1'), ('5IN1', '5-in-1 (before August 2017, and abroad)'), ('4IN1', '4-in-1'), ('3IN1', 'Td/IPV (3-in-1 teenage booster)'), ('MENB', 'MenB'), ('PNEUMOCOCCAL', 'Pneumococcal (PCV)'), ('ROTAVIRUS', 'Rotavirus'), ('HPV', 'HPV'), ('MENACWY', 'MenACWY'), ('HIBMENC', 'Hib/MenC'), ('VARICELLA', 'Chickenpox'), ('YELLOWFEVER', 'Yellow fever'), ('OPV', 'Polio by mouth (OPV, abroad)'), ('MEASLES_ONLY', 'Measles, or measles and rubella, alone'), ('OTHER', 'Another vaccine')], max_length=20, verbose_name='second vaccine')),
                ('second_on', models.DateField(verbose_name='second date')),
                ('verdict', models.CharField(choices=[('one_dose', 'One dose'), ('two_doses', 'Two doses')], max_length=10, verbose_name='verdict')),
                ('holds_on', models.DateField(blank=True, null=True, verbose_name='date that holds')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('decided_by_name', models.CharField(max_length=200, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(verbose_name='decided')),
                ('client_uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dose_judgements', to='immunisations.person')),
                ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='dose_judgements', to='immunisations.visit')),
            ],
            options={
                'verbose_name': 'decision about two entries',
                'verbose_name_plural': 'decisions about two entries',
                'ordering': ['decided_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__regex', '[^\\u0001-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]')), name='dose_judgement_has_a_reason'), models.CheckConstraint(condition=models.Q(('verdict__in', ['one_dose', 'two_doses'])), name='dose_judgement_verdict_known'), models.CheckConstraint(condition=models.Q(('first_on__lt', models.F('second_on'))), name='dose_judgement_earlier_first'), models.CheckConstraint(condition=models.Q(models.Q(('holds_on__isnull', True), ('verdict', 'two_doses')), models.Q(('holds_on__isnull', False), ('verdict', 'one_dose'), models.Q(('holds_on', models.F('first_on')), ('holds_on', models.F('second_on')), _connector='OR')), _connector='OR'), name='dose_judgement_one_date_holds')],
            },
        ),
    ]
