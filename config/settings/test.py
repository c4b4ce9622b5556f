"""Settings of the test run: the shared ones, with cheap passwords, a private folder and nothing that waits.

``TEST_DATABASE=postgresql`` runs the tests on a throwaway PostgreSQL, which is started here because everything after
needs its address; otherwise they use the DATABASE_URL that is set, or an SQLite file.
"""

import atexit
import os
import shutil
import tempfile

if "VAR_DIR" not in os.environ:
    # Two runs at once each have their own folder, and leave nothing behind. A process that a test starts inherits it.
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="clinics-tests-")
    _starter = os.getpid()

    def _remove() -> None:
        if os.getpid() == _starter:  # not in a child that was forked from here
            shutil.rmtree(os.environ["VAR_DIR"], ignore_errors=True)

    atexit.register(_remove)
if os.environ.get("TEST_DATABASE") == "postgresql" and not os.environ.get("DATABASE_URL"):
    from tests.support.postgres import start_for_this_process

    # In the environment, so that the processes which a test starts find the same server.
    os.environ["DATABASE_URL"] = start_for_this_process()

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, VAR_DIR

MESSAGE_FOLDER = VAR_DIR / "messages"
# A static file is looked for when it is asked for. Otherwise each test's client begins by reading all of them, which
# takes longer than most tests' own requests.
WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests of locking set it; in all others, a clock that is moved on must not lock whoever is signed in.
IDLE_LOCK_MINUTES = 0
# The same for a test that fills in a form at once, or books and then looks at the list. Tests of these set them.
HUMAN_SECONDS = 0.0
AVAILABILITY_SECONDS = 0
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: parallel requests fail against a shared in-memory database.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / f"test-{os.getpid()}.sqlite3")}
    # A test's data need not survive a power cut.
    OPTIONS = DATABASES["default"]["OPTIONS"]
    OPTIONS["init_command"] = OPTIONS["init_command"].replace("synchronous=NORMAL", "synchronous=OFF")
