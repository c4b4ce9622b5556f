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
    "NOTIFY_API_KEY": "tests-0a1b2c3d-0000-4000-8000-000000000001-0a1b2c3d-0000-4000-8000-000000000002",
}


def start(show: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Start a process under the production settings with no other environment; have it print the setting ``show``."""
    code = (
        "import django; django.setup(); from django.conf import settings; print(getattr(settings, '" + show + "', ''))"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
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


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "https://clinics.example"),
        ({"ALLOWED_HOSTS": ".clinics.example,www.example"}, "https://clinics.example"),
        ({"PUBLIC_URL": "https://book.example/jabs"}, "https://book.example/jabs"),
        ({"ALLOWED_HOSTS": "*", "PUBLIC_URL": "https://book.example"}, "https://book.example"),
    ],
)
def test_links_in_messages_lead_to_the_first_host_unless_another_address_is_set(
    environment: dict[str, str], url: str
) -> None:
    assert start("PUBLIC_URL", **COMPLETE | environment).stdout == f"{url}\n"


def test_where_any_host_is_allowed_the_address_of_links_must_be_set() -> None:
    started = start(**COMPLETE | {"ALLOWED_HOSTS": "*"})
    assert started.returncode != 0
    assert "PUBLIC_URL is not set" in started.stderr


@pytest.mark.parametrize(("environment", "channel"), [({}, "notify"), ({"MESSAGE_CHANNEL": "file"}, "file")])
def test_production_sends_through_notify_unless_told_otherwise(environment: dict[str, str], channel: str) -> None:
    assert start("MESSAGE_CHANNEL", **COMPLETE | environment).stdout == f"{channel}\n"


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


def test_a_real_service_asks_every_member_of_staff_for_a_second_factor_whatever_is_set() -> None:
    environment = COMPLETE | {"STAFF_SECOND_FACTOR": "off", "DEMONSTRATION": "on"}
    assert start("STAFF_SECOND_FACTOR", **environment).stdout == "True\n"


@pytest.mark.parametrize(
    ("environment", "setting", "value"),
    [
        ({}, "PUBLIC_LIMITS", "True"),
        ({}, "HUMAN_SECONDS", "2.0"),
        ({"API_THROTTLE": "off"}, "PUBLIC_LIMITS", "False"),
        ({"API_THROTTLE": "off"}, "HUMAN_SECONDS", "0.0"),
        ({"API_THROTTLE": "off", "PUBLIC_LIMITS": "on"}, "PUBLIC_LIMITS", "True"),
        ({"API_THROTTLE": "off", "HUMAN_SECONDS": "2"}, "HUMAN_SECONDS", "2.0"),
    ],
)
def test_a_drill_that_lifts_the_limits_of_the_api_meets_none_on_the_pages(
    environment: dict[str, str], setting: str, value: str
) -> None:
    assert start(setting, **COMPLETE | environment).stdout == f"{value}\n"
