"""Where a request comes from, as far as it can be believed."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the caller's address.

    Behind ``TRUSTED_PROXIES`` proxies of our own each adds the address it saw to X-Forwarded-For: the one that the
    outermost of them saw is the caller's, and whatever stands before it is the caller's own invention. Without proxies
    the header is not read at all.
    """
    proxies = settings.TRUSTED_PROXIES
    direct: str = request.META.get("REMOTE_ADDR", "")
    if not proxies:
        return direct
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return seen[-proxies] if len(seen) >= proxies else direct
