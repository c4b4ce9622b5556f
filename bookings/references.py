"""What a booking is called: a reference that people can read aloud, and a secret for links."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from hmac import compare_digest
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

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


def link_token(public_id: UUID, *, key: str | bytes | None = None) -> str:
    """Return the secret of the link to the booking with this id: 128 bits that only the service's own key can make.

    Made again each time a message needs it, so that nothing that opens a booking lies in the database: only its hash
    does. ``key`` is one of the service's keys, the present one unless given.
    """
    digest = salted_hmac("bookings.link", str(public_id), secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def link_token_of(public_id: UUID, token_hash: str) -> str:
    """Return the secret of a booking's link, whichever of the service's keys it was made with.

    Raises LookupError where none of them made it: a key was retired while links made with it were still of use.
    """
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = link_token(public_id, key=key)
        if compare_digest(hash_link_token(token), token_hash):
            return token
    raise LookupError("no key of this service made the link of this booking")


def hash_link_token(token: str) -> str:
    """Return what is stored of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()
