"""The service as it is, and for a request that asks for it the number of its queries in a header of the answer."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
service = get_wsgi_application()

ASKS = "HTTP_X_COUNT_QUERIES"
ANSWER = "X-Queries"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the service does."""
    if ASKS not in environ:
        return service(environ, start_response)
    count = 0

    def counting(execute: Callable[..., Any], *rest: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*rest)

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, (ANSWER, str(count))], *rest)

    with connection.execute_wrapper(counting):
        return service(environ, start)
