"""What a log line may hold: nothing that a person typed, and no link that opens somebody's booking."""

import logging
import re
import traceback
from types import TracebackType

QUERY_STRING = re.compile(r"\?[^\s\"']*")
LINK = re.compile(r"(/(?:booking|waiting-list|tell-me|drop-in)/m/)[^\s/\"'?]+")


def clean(text: str) -> str:
    """Return ``text`` without query strings and without the secrets of private links."""
    return LINK.sub(r"\1…", QUERY_STRING.sub("?…", text))


class NoPersonalData(logging.Filter):
    """Clean a record, whether what it says stands in its message or in its arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record and let it through."""
        if isinstance(record.args, tuple):
            record.args = tuple(clean(arg) if isinstance(arg, str) else arg for arg in record.args)
        if isinstance(record.msg, str):
            record.msg = clean(record.msg)
        return True


class WithoutWords(logging.Formatter):
    """Print where an error happened and of what kind it and its causes were, and none of their words.

    A database says in its error which row it refused: names, dates of birth and all.
    """

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return the lines of the traceback, with the kind of each error alone."""
        _kind, error, _trace = ei
        parts = []
        while error is not None:
            lines = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
            parts.append(f"{lines}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\ncaused by\n".join(parts)
