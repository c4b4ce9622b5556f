"""The official macros of nhsuk-frontend-jinja, callable from Python."""

import re
from functools import cache
from typing import Any, cast

from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils.safestring import SafeString


@cache
def macro(name: str) -> Any:
    """Return the macro of the component ``name`` ("date-input" gives ``dateInput``).

    Raises ``jinja2.TemplateNotFound`` where no such component exists.
    """
    engine = cast(Jinja2, engines["jinja2"])
    template = engine.env.get_template(f"nhsuk/components/{name}/macro.jinja")
    return getattr(template.module, re.sub(r"-(\w)", lambda match: match[1].upper(), name))


def render_macro(name: str, params: dict[str, Any]) -> SafeString:
    """Return the HTML of the official macro for these parameters."""
    return SafeString(str(macro(name)(params)).strip())
