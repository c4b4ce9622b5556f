"""Files that are sent to us: one far too large is refused before any of it is read."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# Of a whole request with files. The largest file that any page takes is 3 MB (bookings.lists.problems).
MOST_BYTES = 4_500_000


class RefuseHuge(FileUploadHandler):
    """Stands before the handlers that keep a file, and reads nothing itself."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Raise RequestDataTooBig by what the request says of its length: our servers read no more than that."""
        if content_length > MOST_BYTES:
            raise RequestDataTooBig("the files of this request are larger than any page takes")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand every piece on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
