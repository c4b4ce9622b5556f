"""What carries messages out of the house. ``MESSAGE_CHANNEL`` in the settings names the one in use."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from messaging.channels.console import ConsoleChannel
from messaging.channels.file import FileChannel
from messaging.channels.notify import NotifyChannel
from messaging.channels.protocol import (
    Accepted,
    CannotBeSent,
    CannotTell,
    Channel,
    Found,
    NeverSeen,
    OutcomeUnknown,
    Receipt,
    TryLater,
)

__all__ = [
    "Accepted",
    "CannotBeSent",
    "CannotTell",
    "Channel",
    "ConsoleChannel",
    "FileChannel",
    "Found",
    "NeverSeen",
    "NotifyChannel",
    "OutcomeUnknown",
    "Receipt",
    "TryLater",
    "channel_in_use",
]

_MAKERS: dict[str, Callable[[], Channel]] = {
    "console": ConsoleChannel,
    "file": lambda: FileChannel(settings.MESSAGE_FOLDER),
    "notify": lambda: NotifyChannel(
        api_key=settings.NOTIFY_API_KEY,
        email_template=settings.NOTIFY_EMAIL_TEMPLATE,
        text_template=settings.NOTIFY_TEXT_TEMPLATE,
        base_url=settings.NOTIFY_BASE_URL,
    ),
}


def channel_in_use() -> Channel:
    """Return the channel that ``MESSAGE_CHANNEL`` names: "console", "file", "notify", or a class by its dotted path.

    Raises ImproperlyConfigured, with a hint, for any other name and where the channel lacks a setting of its own.
    """
    name = settings.MESSAGE_CHANNEL
    if name in _MAKERS:
        return _MAKERS[name]()
    try:
        maker: Callable[[], Channel] = import_string(name)
    except ImportError as error:
        known = ", ".join(sorted(_MAKERS))
        raise ImproperlyConfigured(
            f"MESSAGE_CHANNEL is {name!r}. Use one of {known}, or the dotted path of a channel class."
        ) from error
    return maker()
