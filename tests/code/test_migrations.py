"""The models and the migrations say the same."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models


@pytest.mark.once
@pytest.mark.django_db
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", "--check", "--dry-run", verbosity=1)
    except SystemExit:
        pytest.fail(f"run manage.py makemigrations:\n{capsys.readouterr().out}")


@pytest.mark.once
@pytest.mark.django_db
def test_a_planted_change_of_a_model_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    team = apps.get_model("accounts", "Team")
    field = models.CharField(max_length=7, default="")
    field.contribute_to_class(team, "planted")
    try:
        with pytest.raises((SystemExit, CommandError)):
            call_command("makemigrations", "accounts", "--check", "--dry-run")
    finally:
        team._meta.local_fields.remove(field)
        delattr(team, "planted")
        apps.clear_cache()
    assert "planted" in capsys.readouterr().out


def test_a_migration_is_named_after_what_it_does() -> None:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    ours = {app.label for app in apps.get_app_configs() if "site-packages" not in app.path}
    auto = [f"{app}.{name}" for app, name in loader.disk_migrations if app in ours and "_auto_" in name]
    assert not auto
