"""Messages written to a folder, one file each, for demonstrations and tests."""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from messaging.channels.protocol import Accepted, Found, NeverSeen, OutcomeUnknown, Receipt, TryLater
from messaging.channels.words import as_text
from messaging.envelope import Envelope


class FileChannel:
    """Writes ``<reference>.txt`` into ``folder``, whole or not at all, and never twice.

    The words are written to a file of another name first and then linked to their own: a link appears in one step and
    fails where the name is taken, so a second send changes nothing and a look-up is exact. Only the owner may read the
    files, because they name people.
    """

    name = "file"
    # A send that outlasts its claim does no harm here, as the second one finds the name taken.
    longest_send = timedelta(0)
    remembers_for = timedelta.max

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unfinished = folder / "unfinished"

    def path_of(self, reference: UUID) -> Path:
        """Return where the message of this reference stands once it is sent."""
        return self.folder / f"{reference}.txt"

    def send(self, reference: UUID, envelope: Envelope, language: str) -> Receipt:
        """Write the message's file; where it stands already, change nothing. Raises TryLater where it cannot."""
        path = self.path_of(reference)
        draft = self.unfinished / f"{reference}.{secrets.token_hex(8)}"
        try:
            self._write(draft, as_text(reference, envelope, language))
            try:
                os.link(draft, path)
            except FileExistsError:
                return Receipt(path.name)
            finally:
                # This one's own draft, and any that a killed worker left of the same message.
                for leftover in self.unfinished.glob(f"{reference}.*"):
                    leftover.unlink(missing_ok=True)
        except OSError as error:
            if path.exists():
                raise OutcomeUnknown from error
            raise TryLater(f"The folder for messages cannot be written to: {error.strerror}.") from error
        self._keep_name()
        return Receipt(path.name)

    def look_up(self, reference: UUID) -> Found:
        """Say whether the message's file stands in the folder. Raises TryLater where the folder cannot be read."""
        path = self.path_of(reference)
        try:
            path.stat()
        except FileNotFoundError:
            return NeverSeen()
        except OSError as error:
            raise TryLater(f"The folder for messages cannot be read: {error.strerror}.") from error
        return Accepted(Receipt(path.name))

    def _write(self, draft: Path, words: str) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.unfinished.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(words)
            file.flush()
            os.fsync(file.fileno())

    def _keep_name(self) -> None:
        """Have the new name survive a power cut too; where that fails, nobody knows whether it will."""
        try:
            descriptor = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise OutcomeUnknown from error
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise OutcomeUnknown from error
        finally:
            os.close(descriptor)
