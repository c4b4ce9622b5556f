"""The components of the NHS design system, rendered from their official parameters.

``render("button", {"text": "Continue"})`` takes the names and parameters that the NHS service manual documents. The
components of nearly every page have a renderer of our own, many times faster than the macro and proved equal to it
by tests; everything else, and any parameter our renderer does not know, goes to the macro itself.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString

from nhsuk.components.controls import CONTROLS
from nhsuk.components.macros import render_macro
from nhsuk.components.markup import UnknownParameterError
from nhsuk.components.panels import PANELS
from nhsuk.components.words import WORDS

RENDERERS = CONTROLS | PANELS


def tidy(value: Any) -> Any:
    """Return the value with absent (None) entries left out and lazy translations made into words, however deep.

    A string marked safe that holds no markup becomes an ordinary one: literals in templates are marked safe, and some
    macros treat HTML differently from text.
    """
    if isinstance(value, Promise):
        value = str(value)
    if isinstance(value, SafeString) and "<" not in value and "&" not in value:
        return value + ""
    if isinstance(value, Mapping):
        return {key: tidy(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [tidy(item) for item in value]
    return value


def render(name: str, params: Mapping[str, Any]) -> SafeString:
    """Return the HTML of the component ``name`` ("date-input") for the parameters of the NHS service manual.

    Text is escaped; strings marked safe count as HTML. Words that a macro would print in English come translated.
    Raises ``jinja2.TemplateNotFound`` for a component that does not exist.
    """
    complete = tidy(params)
    for key, word in WORDS.get(name, ()):
        complete.setdefault(key, str(word))
    return render_tidy(name, complete)


def render_tidy(name: str, params: dict[str, Any]) -> SafeString:
    """Return the HTML of the component, from parameters already tidy and complete with their words."""
    renderer = RENDERERS.get(name)
    if renderer is not None:
        try:
            return SafeString(renderer(params))
        except UnknownParameterError:
            pass  # A rarer parameter: the official macro knows every one.
    return render_macro(name, params)
