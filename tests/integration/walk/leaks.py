"""Whatever somebody is answered, read for words that they must not see."""

import io
import zipfile
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import unquote


def shown(response: Any) -> str:
    """Return everything that an answer gives away: its text, also of a file, a stream or a workbook, and its headers.

    Cookies stay between the service and the browser, and are left out.
    """
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join([name.encode() + book.read(name) for name in book.namelist()])
    text = content.decode(errors="replace")
    headers = "\n".join(unquote(value) for name, value in response.headers.items() if name != "Set-Cookie")
    plain = text.encode().decode("unicode_escape", errors="ignore") if "\\u" in text else ""
    return "\n".join([text, unescape(text), plain, headers])


def leaks(response: Any, words: Iterable[str]) -> list[str]:
    """Return which of these words an answer gives away."""
    everything = shown(response)
    return [word for word in words if word in everything]
