"""A message as text for people to read on this machine."""

from uuid import UUID

from messaging.envelope import Envelope


def as_text(reference: UUID, envelope: Envelope, language: str) -> str:
    """Return the message with its address above its words, ending in a line break."""
    lines = [
        f"To: {' '.join(envelope.to.split())}",
        f"By: {envelope.channel}",
        f"Language: {language}",
        f"Reference: {reference}",
    ]
    if envelope.subject:
        lines.append(f"Subject: {envelope.subject}")
    return "\n".join([*lines, "", envelope.body.rstrip(), ""])
