"""What every page of the frame may read: settings alone, so that it works without a database."""

from django.conf import settings
from django.http import HttpRequest


def service_words() -> dict[str, object]:
    """Return the service's name, its help line, its languages and whether it is a demonstration."""
    return {
        "name": settings.SERVICE_NAME,
        "demonstration": settings.DEMONSTRATION,
        "second_factor": settings.STAFF_SECOND_FACTOR,
        "help_phone": settings.HELP_PHONE,
        "help_hours": settings.HELP_HOURS,
        "languages": settings.LANGUAGES,
    }


def service(request: HttpRequest) -> dict[str, object]:
    """Give every template ``service``: ``service.name``, ``service.help_phone`` and so on."""
    return {"service": service_words()}
