"""How often a secret may be guessed: counted across every process, in the shared cache.

Signing in (password, then code) counts by itself, in allauth; ``ACCOUNT_RATE_LIMITS`` has the numbers of all of them.
"""

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from rest_framework.request import Request

APP = "allauth.account"


def count(request: HttpRequest | Request, action: str, key: str | None = None) -> bool:
    """Count one try of ``action`` and return whether it may be made."""
    return bool(ratelimit.consume(request, app=APP, action=action, key=key, limit_get=True))


def left(request: HttpRequest | Request, action: str, key: str | None = None) -> bool:
    """Whether one more try of ``action`` may be made. Counts nothing."""
    return bool(ratelimit.consume(request, app=APP, action=action, key=key, limit_get=True, dry_run=True))


def forget(request: HttpRequest | Request, action: str, key: str | None = None) -> None:
    """Forget the tries of ``action``: the secret was right."""
    ratelimit.clear(request, app=APP, action=action, key=key)
