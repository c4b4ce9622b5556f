"""Settings of the test run: the shared ones, with cheap passwords, a private folder and nothing that waits."""

import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES

VAR_DIR = Path(tempfile.gettempdir()) / "popup-clinics-tests"
VAR_DIR.mkdir(parents=True, exist_ok=True)
MESSAGE_FOLDER = VAR_DIR / "messages"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: parallel requests fail against a shared in-memory database.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / f"test-{__import__('os').getpid()}.sqlite3")}
