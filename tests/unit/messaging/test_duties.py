"""What the worker does besides sending."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from messaging import duties
from messaging.duties import Rota

pytestmark = pytest.mark.once
NOW = datetime(2026, 11, 14, 9, 0, tzinfo=UTC)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(duties, "_duties", {})
    done: list[str] = []

    def breaks(at: datetime) -> None:
        done.append("breaks")
        raise ValueError("a name that must not be logged")

    duties.register("breaks", breaks, every=timedelta(minutes=1))
    duties.register("works", lambda at: done.append("works"), every=timedelta(seconds=0))
    return done


def test_a_duty_that_fails_stops_no_other_is_logged_without_its_words_and_waits_its_turn(
    done: list[str], caplog: Any
) -> None:
    rota = Rota()
    rota.do_due(NOW)
    rota.do_due(NOW)
    assert done == ["breaks", "works", "works"]
    assert "the duty breaks failed (ValueError)" in caplog.text
    assert "must not be logged" not in caplog.text


def test_a_database_that_is_away_is_left_to_the_worker(done: list[str]) -> None:
    def away(at: datetime) -> None:
        raise OperationalError

    duties.register("away", away, every=timedelta(minutes=1))
    with pytest.raises(OperationalError):
        Rota().do_due(NOW, away=(OperationalError,))


def test_a_name_belongs_to_one_duty(done: list[str]) -> None:
    with pytest.raises(ValueError, match="a duty already"):
        duties.register("works", lambda at: None, every=timedelta(seconds=1))
