"""The words of a message, from its template file.

``templates/messages/<purpose>.<channel>.txt`` holds them, for the channels email, text and letter. An email's first
line is ``Subject: ...``; a text message comes out as one line, whatever its template looks like.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.utils import translation

from messaging.envelope import Envelope
from messaging.models import Message
from messaging.texts import plain

SUBJECT = "Subject:"


def template_of(purpose: str, channel: str) -> str:
    """Return the name of the template that holds the words of ``purpose`` for ``channel``."""
    return f"messages/{purpose}.{channel}.txt"


def write(message: Message, *, to: str, context: Mapping[str, Any], needed_by: datetime | None = None) -> Envelope:
    """Return the envelope to ``to`` with the message's words, in the message's language.

    Raises TemplateDoesNotExist where the purpose has no words for the message's channel, and ValueError where an
    email's template does not begin with a subject.
    """
    with translation.override(message.language):
        words = _render(template_of(message.purpose, message.channel), context)
    if message.channel == Message.Channel.TEXT:
        return Envelope(to=to, subject="", body=plain(words), channel=message.channel, needed_by=needed_by)
    subject, body = "", words
    if message.channel == Message.Channel.EMAIL:
        first, _newline, body = words.partition("\n")
        if not first.startswith(SUBJECT):
            raise ValueError(f"{template_of(message.purpose, message.channel)} must begin with “{SUBJECT}”")
        subject = " ".join(first.removeprefix(SUBJECT).split())
    return Envelope(to=to, subject=subject, body=_tidy(body), channel=message.channel, needed_by=needed_by)


def _render(name: str, context: Mapping[str, Any]) -> str:
    engine = cast(DjangoTemplates, engines["django"])
    # Not HTML: an apostrophe in a name must arrive as an apostrophe.
    return str(engine.get_template(name).template.render(Context(dict(context), autoescape=False))).strip()


def _tidy(words: str) -> str:
    """Return ``words`` without the holes that template tags leave: never two empty lines, none at either end."""
    lines = [line.rstrip() for line in words.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
