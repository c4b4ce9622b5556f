"""What a booking is called: a reference that people can read aloud, and a secret for links."""

import hashlib
import secrets

# Without 0 O 1 I L S 5, which people mistake for each other when they write or hear them.
ALPHABET = "2346789ABCDEFGHJKMNPQRTUVWXYZ"
LENGTH = 10


def new_reference() -> str:
    """Return a random reference of ten characters: one in 420 million million, so two alike are not to be expected."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def clean_reference(typed: str) -> str:
    """Return a reference as it is stored from what somebody typed: any case, with spaces, dashes or dots."""
    return "".join(character for character in typed.upper() if character.isascii() and character.isalnum())


def shown_reference(reference: str) -> str:
    """Return a reference as it is printed, in two halves: K7M4X-T2PQR."""
    return f"{reference[:5]}-{reference[5:]}"


def new_link_token() -> str:
    """Return the secret of a link to a booking: 128 random bits. Only its hash is stored."""
    return secrets.token_urlsafe(16)


def hash_link_token(token: str) -> str:
    """Return what is stored of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()
