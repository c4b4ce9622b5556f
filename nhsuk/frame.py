"""The parts of a page that are the same for everybody: made once for each language, not once for each page."""

from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from nhsuk.context import service_words

# By template, language, the prefix of every address and the list of them. What else a part shows comes from settings,
# which do not change while a process runs; where tests change them, Django’s signal empties this (``forget``).
_made: dict[tuple[str, str | None, str, str], SafeString] = {}


def part(template: str) -> SafeString:
    """Return a part of the frame, such as the footer.

    It is rendered with the words of the service alone, without the page's context or request: nothing about a person,
    an answer or a form's token can be in it. While templates are worked on (``DEBUG``) it is made afresh each time.
    """
    key = (template, get_language(), get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)
    made = _made.get(key)
    if made is None or settings.DEBUG:
        made = _made[key] = SafeString(get_template(template, using="django").render({"service": service_words()}))
    return made


def forget(**kwargs: Any) -> None:
    """Forget the parts that were made: a setting has changed."""
    _made.clear()
