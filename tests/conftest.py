"""What every test stands on: the database, no network, and what is said at the end about what could not run."""

import gc
import os
import signal
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.support.not_run import Notes
from tests.support.parts import LEAVES, PART, files_of_part, is_left

pytest_plugins = ["tests.support.browser"]

# Taken away, so that a run that a test starts is whole.
OUR_PART = os.environ.pop(PART, "")
OUR_LEAVES = os.environ.pop(LEAVES, "")
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1", "", None}


# How long an example takes to draw or to try says how busy the machine is, and nothing of what is tried.
hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Notes(), "not-run")
    # Looking for unused objects among all that stays costs more than a tenth of the run.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    # Asked to end, end as by Ctrl-C: with everything that was started stopped, and every temporary folder removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {connection.vendor}"


@cache
def _files_of_this_part() -> set[str]:
    return files_of_part(map(str, Path(__file__).parent.rglob("test_*.py")), OUR_PART)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Do not so much as read what another part runs: all tests together take ten seconds to read."""
    if not OUR_PART or not collection_path.match("test_*.py"):
        return None
    return str(collection_path) not in _files_of_this_part() or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave a test of one database's own behaviour out of the run on the other, and what the other run takes."""
    other = "sqlite" if connection.vendor == "postgresql" else "postgresql"
    elsewhere = [item for item in items if item.get_closest_marker(other) or _is_left(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        left = {id(item) for item in elsewhere}
        items[:] = [item for item in items if id(item) not in left]


def _is_left(item: pytest.Item) -> bool:
    return is_left(
        item.path.relative_to(item.config.rootpath) if item.path.is_relative_to(item.config.rootpath) else item.path,
        leaves=OUR_LEAVES,
        marks={mark.name for mark in item.iter_markers()},
        fixtures=getattr(item, "fixturenames", ()),
    )


def pytest_runtest_teardown() -> None:
    """Forget in which language a test last asked for a page: the next one begins in English, as a new process does."""
    translation.activate(settings.LANGUAGE_CODE)


class NetworkUsed(AssertionError):
    """A test tried to reach another machine."""


def _is_local(family: int, address: Any) -> bool:
    if family == socket.AF_UNIX:
        return True
    host = address[0] if isinstance(address, tuple) else address
    return host in LOCAL_HOSTS or str(host).startswith("127.")


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _is_local(self.family, address):
            raise NetworkUsed(f"a test tried to connect to {address}")
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _is_local(self.family, address):
            raise NetworkUsed(f"a test tried to connect to {address}")
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_local(socket.AF_INET, host.decode() if isinstance(host, bytes) else host):
            raise NetworkUsed(f"a test tried to look up {host}")
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture(autouse=True, scope="session")
def records_may_be_flushed() -> Iterator[None]:
    """Take the append-only guards off just before a transactional test's tables are emptied.

    Django announces ``post_migrate`` after a flush, which arms the guards and loads the reference data again.
    """
    from accounts import append_only

    flush = BaseDatabaseOperations.execute_sql_flush

    def disarm_and_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        for model in append_only.append_only_models():
            append_only.disarm(self.connection, model._meta.db_table)
        flush(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", disarm_and_flush)
        yield
