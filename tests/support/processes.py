"""The environment in which a test starts a process of the service on the test's own database."""

import os
from pathlib import Path
from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    """Return the URL of the database that the running test uses."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(settings['NAME']).resolve()}"
    user = quote(settings["USER"], safe="")
    password = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{user}{password}@{quote(settings['HOST'], safe='')}{port}/{quote(settings['NAME'], safe='')}"


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment for a child on the test's database, with ``more`` in it."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_url(),
        "PYTHONUNBUFFERED": "1",
        **more,
    }
