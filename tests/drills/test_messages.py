"""Workers are killed while they send. A short run of the drill, and proof that it would notice."""

from pathlib import Path

import pytest

from tests.drills import messages

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def test_every_message_is_accepted_exactly_once_however_often_workers_are_killed(tmp_path: Path) -> None:
    result = messages.run(tmp_path)
    print(result)
    assert result.exactly_once, result
    assert result.killed == 24 and result.recovered >= 5
    # Those that were asked to stop, and the last ones, ended without complaint.
    assert set(result.codes) == {0}


@pytest.mark.postgresql
def test_the_channel_of_demonstrations_leaves_one_whole_file_a_message(tmp_path: Path) -> None:
    result = messages.run(tmp_path, channel=messages.FILE, messages=1000, kills=12, lease=2)
    print(result)
    assert result.exactly_once, result


@pytest.mark.postgresql
def test_through_a_notify_that_loses_replies_nothing_goes_twice_or_is_lost(tmp_path: Path) -> None:
    # With those of which nobody can know, and with its own planted fault: make drill.
    result = messages.run(
        tmp_path, channel=messages.NOTIFY, messages=90, kills=4, every=0.3, lease=2.2, workers=2, trouble=0.08
    )
    print(result)
    assert result.none_lost and not result.unknown, result


@pytest.mark.postgresql
def test_without_the_look_up_the_drill_finds_messages_accepted_twice(tmp_path: Path) -> None:
    result = messages.run(
        tmp_path, messages=250, kills=16, trouble=0.1, **messages.PLANTED_FAULTS["without the look-up"]
    )
    print(result)
    assert result.twice and not result.missing


@pytest.mark.postgresql
def test_marking_before_sending_makes_the_drill_find_messages_missing(tmp_path: Path) -> None:
    # With a ledger that is busy now and then: on a busy machine kills alone may miss the moment between both.
    result = messages.run(
        tmp_path, messages=250, kills=16, trouble=0.1, **messages.PLANTED_FAULTS["marking before sending"]
    )
    print(result)
    assert result.missing
