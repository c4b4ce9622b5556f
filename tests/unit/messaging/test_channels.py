import contextlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from messaging.channels import (
    Accepted,
    CannotTell,
    ConsoleChannel,
    FileChannel,
    NeverSeen,
    OutcomeUnknown,
    Receipt,
    TryLater,
    channel_in_use,
)
from messaging.envelope import Envelope

EMAIL = Envelope(
    to="amina@example.com", subject="Your booking", body="Dear Amina\n\nZażółć gęślą jaźń, Łucja\n", channel="email"
)


def test_a_message_becomes_one_file_with_its_address_and_its_words(tmp_path: Path) -> None:
    reference = uuid.uuid4()
    receipt = FileChannel(tmp_path / "messages").send(reference, EMAIL, "pl")
    assert receipt == Receipt(f"{reference}.txt")
    assert (tmp_path / "messages" / f"{reference}.txt").read_text() == (
        f"To: amina@example.com\nBy: email\nLanguage: pl\nReference: {reference}\nSubject: Your booking\n\n"
        "Dear Amina\n\nZażółć gęślą jaźń, Łucja\n"
    )


def test_only_the_owner_may_read_the_messages(tmp_path: Path) -> None:
    reference = uuid.uuid4()
    channel = FileChannel(tmp_path / "messages")
    channel.send(reference, EMAIL, "en-gb")
    assert channel.folder.stat().st_mode & 0o077 == 0
    assert channel.path_of(reference).stat().st_mode & 0o077 == 0


def test_a_second_send_of_the_same_reference_changes_nothing(tmp_path: Path) -> None:
    channel, reference = FileChannel(tmp_path), uuid.uuid4()
    first = channel.send(reference, EMAIL, "en-gb")
    written = channel.path_of(reference).read_text()
    other = Envelope(to="bilal@example.com", subject="Other", body="Other", channel="email")
    assert channel.send(reference, other, "en-gb") == first
    assert channel.path_of(reference).read_text() == written
    assert len(list(tmp_path.glob("*.txt"))) == 1


def test_twenty_sends_at_once_leave_one_whole_file_and_no_drafts(tmp_path: Path) -> None:
    channel, reference = FileChannel(tmp_path), uuid.uuid4()

    def send(number: int) -> str:
        envelope = Envelope(to="a@example.com", subject="s", body=f"{number} " * 5000, channel="email")
        # One that loses may find its draft tidied away by the one that won.
        with contextlib.suppress(OutcomeUnknown, TryLater):
            channel.send(reference, envelope, "en-gb")
        return envelope.body.rstrip()

    with ThreadPoolExecutor(20) as pool:
        bodies = list(pool.map(send, range(20)))
    assert channel.path_of(reference).read_text().split("\n\n", 1)[1].rstrip() in bodies
    assert list(channel.unfinished.iterdir()) == []


def test_a_look_up_knows_what_was_accepted_and_what_never_was(tmp_path: Path) -> None:
    channel, sent, unsent = FileChannel(tmp_path), uuid.uuid4(), uuid.uuid4()
    assert channel.look_up(sent) == NeverSeen()
    channel.send(sent, EMAIL, "en-gb")
    assert channel.look_up(sent) == Accepted(Receipt(f"{sent}.txt"))
    assert channel.look_up(unsent) == NeverSeen()


def test_a_draft_left_by_a_killed_worker_does_not_count_and_goes_with_the_next_send(tmp_path: Path) -> None:
    channel, reference = FileChannel(tmp_path), uuid.uuid4()
    channel.unfinished.mkdir(parents=True)
    (channel.unfinished / f"{reference}.0123456789abcdef").write_text("To: amina@exam")
    assert channel.look_up(reference) == NeverSeen()
    channel.send(reference, EMAIL, "en-gb")
    assert channel.path_of(reference).read_text().endswith("Zażółć gęślą jaźń, Łucja\n")
    assert list(channel.unfinished.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_means_later_and_not_perhaps(tmp_path: Path) -> None:
    (tmp_path / "messages").write_text("a file where the folder should be")
    channel = FileChannel(tmp_path / "messages")
    with pytest.raises(TryLater) as later:
        channel.send(uuid.uuid4(), EMAIL, "en-gb")
    assert "amina" not in later.value.because
    with pytest.raises(TryLater):
        channel.look_up(uuid.uuid4())


def test_the_console_prints_the_message_and_cannot_tell_afterwards(capsys: pytest.CaptureFixture[str]) -> None:
    reference = uuid.uuid4()
    assert ConsoleChannel().send(reference, EMAIL, "en-gb") == Receipt()
    printed = capsys.readouterr().out
    assert "To: amina@example.com" in printed and "Dear Amina" in printed
    assert ConsoleChannel().look_up(reference) == CannotTell()


def test_the_settings_choose_the_channel(settings, tmp_path: Path) -> None:
    settings.MESSAGE_FOLDER = tmp_path
    settings.MESSAGE_CHANNEL = "file"
    assert channel_in_use().folder == tmp_path
    settings.MESSAGE_CHANNEL = "console"
    assert channel_in_use().name == "console"
    settings.MESSAGE_CHANNEL = "tests.support.provider.Provider"
    assert channel_in_use().name == "provider"


@pytest.mark.parametrize("name", ["pigeon", "messaging.channels.Pigeon", ""])
def test_a_channel_that_does_not_exist_stops_the_start_with_a_hint(settings, name: str) -> None:
    settings.MESSAGE_CHANNEL = name
    with pytest.raises(ImproperlyConfigured, match=r"Use one of console, file"):
        channel_in_use()
