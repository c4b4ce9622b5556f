"""What only production does: it refuses to start without its secrets, and collects its static files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from tests.support.source import ROOT

COMPLETE = {
    "DATABASE_URL": "postgresql://clinics@db.example/clinics",
    "DJANGO_SECRET_KEY": "a-long-secret-that-only-this-test-knows-0123456789",
    "ALLOWED_HOSTS": "clinics.example",
    "PUBLIC_URL": "https://clinics.example",
}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_everything_set() -> None:
    started = start(**COMPLETE)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("name", COMPLETE)
def test_production_does_not_start_without_a_setting_and_names_it(name: str) -> None:
    started = start(**{key: value for key, value in COMPLETE.items() if key != name})
    assert started.returncode != 0
    assert f"{name} is not set" in started.stderr


def test_static_files_can_be_collected_and_fingerprinted(tmp_path: Path) -> None:
    # Fails where a stylesheet names a file that is not shipped.
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()
    assert list(tmp_path.glob("nhsuk/nhsuk-frontend.min.*.css"))
