"""Small pieces of markup that the fast renderers share. Everything that reaches a page passes through ``escape``."""

from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from nhsuk.components.words import ERROR

Params = Mapping[str, Any]

SIZES = ("s", "m", "l", "xl")
TEXT_KEYS = frozenset({"text", "html", "id", "classes", "attributes", "visuallyHiddenText"})
LABEL_KEYS = frozenset({"text", "html", "size", "classes", "isPageHeading", "caption", "for"})
NOTHING: dict[str, Any] = {}


def keys(names: str) -> frozenset[str]:
    """Return the names, which stand with blanks between, as a set."""
    return frozenset(names.split())


class UnknownParameterError(Exception):
    """A parameter that only the official macro knows."""


def known(params: Params, keys: frozenset[str]) -> None:
    """Raise UnknownParameterError unless every parameter is among the keys."""
    if not keys.issuperset(params):
        raise UnknownParameterError


def as_text(value: Any) -> Params:
    """Return a string, or a string marked safe, as the mapping with ``text`` or ``html`` that components accept."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, str):
        return {"html": value} if hasattr(value, "__html__") else {"text": value}
    return NOTHING


def inner(params: Params) -> str:
    """Return the safe inner HTML of something that has ``html`` or ``text``."""
    html = params.get("html")
    return html.strip() if html else escape(params.get("text") or "").strip()


def attributes(params: Params | None) -> str:
    """Return the free ``attributes`` of a component as HTML, each with a blank before it."""
    if not params:
        return ""
    if not isinstance(params, Mapping):
        raise UnknownParameterError
    parts = []
    for name, value in params.items():
        if isinstance(value, Mapping):
            raise UnknownParameterError
        word = str(value).lower() if isinstance(value, bool) else escape(value)
        parts.append(f' {escape(name)}="{word}"')
    return "".join(parts)


def attribute(name: str, value: Any) -> str:
    """Return one optional attribute: nothing for None and False, the bare name for True."""
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'


def classes(base: str, params: Params) -> str:
    """Return the class names: the component's own, then those the page adds."""
    extra = params.get("classes")
    return f"{base} {escape(extra)}" if extra else base


def sized(base: str, prefix: str, params: Params) -> str:
    """Return the class names with the modifier of the size, unless the page's own classes already carry one."""
    size = params.get("size")
    if not size:
        return classes(base, params)
    if size not in SIZES or prefix in (params.get("classes") or ""):
        raise UnknownParameterError
    return classes(f"{base} {prefix}{size}", params)


def caption(params: Params) -> str:
    """Return the caption that stands before the words of a label or legend, in the same size."""
    value = params.get("caption")
    if not value:
        return ""
    if isinstance(value, Mapping):
        raise UnknownParameterError
    size = params.get("size")
    modifier = f"-{size}" if size in ("m", "l", "xl") else ""
    return f'<span class="nhsuk-caption{modifier}">{inner(as_text(value))}</span>'


def label(value: Any, target: str, base: str = "nhsuk-label") -> str:
    """Return a label for the control with the id ``target``; ``isPageHeading`` puts it into the page's h1."""
    params = as_text(value)
    known(params, LABEL_KEYS)
    words = inner(params)
    if not words:
        return ""
    names = sized(base, "nhsuk-label--", params)
    target = params.get("for", target)
    html = f'<label class="{names}" for="{escape(target)}">{caption(params)}{words}</label>'
    return f'<h1 class="nhsuk-label-wrapper">{html}</h1>' if params.get("isPageHeading") else html


def legend(value: Any) -> str:
    """Return a legend; ``isPageHeading`` puts the page's h1 into it."""
    params = as_text(value)
    known(params, LABEL_KEYS)
    words = inner(params)
    if not words:
        return ""
    names = sized("nhsuk-fieldset__legend", "nhsuk-fieldset__legend--", params)
    if params.get("isPageHeading"):
        words = f'<h1 class="nhsuk-fieldset__heading">{caption(params)}{words}</h1>'
    else:
        words = f"{caption(params)}{words}"
    return f'<legend class="{names}">{words}</legend>'


def hint(value: Any, element_id: str, base: str = "nhsuk-hint") -> tuple[str, str]:
    """Return the hint's HTML and its id, or two empty strings."""
    params = as_text(value)
    known(params, TEXT_KEYS)
    if not (params.get("html") or params.get("text")):
        return "", ""
    element_id = params.get("id", element_id)
    html = f'<div class="{classes(base, params)}" id="{escape(element_id)}"{attributes(params.get("attributes"))}>'
    return f"{html}{inner(params)}</div>", element_id


def error_message(value: Any, element_id: str) -> tuple[str, str]:
    """Return the error message's HTML and its id, or two empty strings."""
    params = as_text(value)
    known(params, TEXT_KEYS)
    if not (params.get("html") or params.get("text")):
        return "", ""
    element_id = params.get("id", element_id)
    html = error_span(params, f' id="{escape(element_id)}"')
    return html, element_id


def error_span(params: Params, identity: str) -> str:
    """Return the error's span with the word "Error" for those who hear the page."""
    word = params.get("visuallyHiddenText", ERROR)
    hidden = f'<span class="nhsuk-u-visually-hidden">{escape(word)}: </span>' if word else ""
    names = classes("nhsuk-error-message", params)
    return f'<span class="{names}"{identity}{attributes(params.get("attributes"))}>{hidden}{inner(params)}</span>'


def group(body: str, params: Params, has_error: bool) -> str:
    """Return the form group around a control."""
    options = params.get("formGroup") or NOTHING
    known(options, frozenset({"classes", "attributes"}))
    names = classes("nhsuk-form-group nhsuk-form-group--error" if has_error else "nhsuk-form-group", options)
    return f'<div class="{names}"{attributes(options.get("attributes"))}>{body}</div>'


def fieldset(value: Any, body: str, described_by: str, role: str = "") -> str:
    """Return the fieldset around a group of controls."""
    known(value, frozenset({"legend", "classes", "attributes", "describedBy"}))
    names = classes("nhsuk-fieldset", value)
    opening = f'<fieldset class="{names}"{attribute("role", role or None)}'
    opening += attribute("aria-describedby", described_by or None) + attributes(value.get("attributes"))
    return f"{opening}>{legend(value.get('legend'))}{body}</fieldset>"


def described(*ids: str) -> str:
    """Return the ids that are there, one blank between."""
    return " ".join(each for each in ids if each)
