"""Fast renderers of the form controls."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import escape

from nhsuk.components.markup import (
    NOTHING,
    Params,
    UnknownParameterError,
    as_text,
    attribute,
    attributes,
    classes,
    described,
    error_message,
    fieldset,
    group,
    hint,
    inner,
    keys,
    known,
    label,
)

BUTTON_KEYS = keys(
    "text html href type name value id classes variant small disabled preventDoubleClick ariaLabel attributes"
)
BUTTON_VARIANTS = ("brand", "login", "reverse", "secondary", "secondary-solid", "warning")
INPUT_KEYS = keys(
    "id name type value label hint errorMessage width classes inputmode autocomplete autocapitalize spellcheck "
    "pattern disabled describedBy prefix suffix code large formGroup attributes"
)
TEXTAREA_KEYS = keys(
    "id name value label hint errorMessage rows classes autocomplete spellcheck disabled describedBy formGroup "
    "attributes"
)
CHOICES_KEYS = keys(
    "id idPrefix name value values items fieldset hint errorMessage classes inline small disabled formGroup attributes"
)
ITEM_KEYS = keys(
    "id name value text html hint checked disabled conditional divider behaviour behaviourGroup exclusive "
    "exclusiveGroup classes attributes"
)
DATE_KEYS = keys("id items fieldset hint errorMessage classes formGroup attributes")
DATE_ITEM_KEYS = keys("id name value label width error autocomplete inputmode classes attributes")
WIDTHS = ("2", "3", "4", "5", "10", "20", "30")


def button(params: Params) -> str:
    """Return a button, or a link that looks like one."""
    known(params, BUTTON_KEYS)
    names, extra = "nhsuk-button", params.get("classes") or ""
    variant = params.get("variant")
    if variant in BUTTON_VARIANTS:
        if "nhsuk-button--" in extra:
            raise UnknownParameterError
        names += f" nhsuk-button--{variant}"
    if params.get("small"):
        if "nhsuk-button--small" in extra:
            raise UnknownParameterError
        names += " nhsuk-button--small"
    is_link = bool(params.get("href")) and not params.get("type")
    html = f' class="{classes(names, params)}"{attribute("id", params.get("id"))}'
    if not is_link:
        html += attribute("name", params.get("name"))
    html += ' data-module="nhsuk-button"'
    once = params.get("preventDoubleClick")
    if once is True or once is False:
        html += f' data-prevent-double-click="{str(once).lower()}"'
    spoken = attribute("aria-label", params.get("ariaLabel"))
    if is_link:
        html += f' href="{escape(params["href"])}" role="button" draggable="false"{spoken}'
    else:
        disabled = params.get("disabled")
        html += f' type="{escape(params.get("type", "submit"))}"{attribute("value", params.get("value"))}'
        html += attribute("disabled", disabled) + spoken + (' aria-disabled="true"' if disabled else "")
    element = "a" if is_link else "button"
    return f"<{element}{html}{attributes(params.get('attributes'))}>{inner(params)}</{element}>"


def _messages(params: Params, element_id: str, described_by: str) -> tuple[str, str, bool]:
    """Return the HTML of hint and error, the ids that describe the control, and whether it is in error."""
    hint_html, hint_id = hint(params.get("hint"), f"{element_id}-hint")
    message = params.get("errorMessage")
    error_html, error_id = error_message(message, f"{element_id}-error")
    return hint_html + error_html, described(described_by, hint_id, error_id), bool(error_html) or message is True


def _bool(name: str, value: Any) -> str:
    return f' {name}="{str(value).lower()}"' if value is True or value is False else ""


def _affix(value: Any, kind: str) -> str:
    params = as_text(value)
    known(params, frozenset({"text", "html", "classes", "attributes"}))
    if not (params.get("text") or params.get("html")):
        return ""
    names = classes(f"nhsuk-input-wrapper__{kind}", params)
    return f'<div class="{names}" aria-hidden="true"{attributes(params.get("attributes"))}>{inner(params)}</div>'


def text_input(params: Params) -> str:
    """Return a single-line input with its label, hint and error."""
    known(params, INPUT_KEYS)
    element_id = params.get("id") or params["name"]
    messages, described_by, has_error = _messages(params, element_id, params.get("describedBy") or "")
    extra = params.get("classes") or ""
    names = "nhsuk-input"
    wrapper = "nhsuk-input-wrapper"
    if params.get("large"):
        names += " nhsuk-input--large"
        wrapper += " nhsuk-input-wrapper--large"
    if params.get("code"):
        names += " nhsuk-input--code"
    if has_error:
        names += " nhsuk-input--error"
    width = str(params.get("width") or "")
    if width in WIDTHS:
        names += f" nhsuk-input--width-{width}"
    if "nhsuk-input--" in extra:
        raise UnknownParameterError
    html = f'<input class="{classes(names, params)}" id="{escape(element_id)}" name="{escape(params["name"])}"'
    html += f' type="{escape(params.get("type") or "text")}"{_bool("spellcheck", params.get("spellcheck"))}'
    for name in ("value", "disabled"):
        html += attribute(name, params.get(name))
    html += attribute("aria-describedby", described_by or None)
    for name in ("autocomplete", "autocapitalize", "pattern", "inputmode"):
        html += attribute(name, params.get(name))
    html += f"{attributes(params.get('attributes'))}>"
    prefix, suffix = _affix(params.get("prefix"), "prefix"), _affix(params.get("suffix"), "suffix")
    if prefix or suffix:
        html = f'<div class="{wrapper}">{prefix}{html}{suffix}</div>'
    return group(label(params.get("label"), element_id) + messages + html, params, has_error)


def textarea(params: Params) -> str:
    """Return a text box of several lines with its label, hint and error."""
    known(params, TEXTAREA_KEYS)
    if isinstance(params.get("spellcheck"), bool):
        raise UnknownParameterError
    element_id = params.get("id") or params["name"]
    messages, described_by, has_error = _messages(params, element_id, params.get("describedBy") or "")
    names = classes("nhsuk-textarea nhsuk-textarea--error" if has_error else "nhsuk-textarea", params)
    html = f'<textarea class="{names}" id="{escape(element_id)}" name="{escape(params["name"])}"'
    html += f' rows="{escape(params.get("rows") or 5)}"' + (" disabled" if params.get("disabled") else "")
    html += attribute("aria-describedby", described_by or None)
    html += attribute("autocomplete", params.get("autocomplete") or None) + attributes(params.get("attributes"))
    # Browsers drop one new line after the opening tag; without this one they would drop the answer's own.
    html += f">\n{escape(params.get('value', ''))}</textarea>"
    return group(label(params.get("label"), element_id) + messages + html, params, has_error)


def _item(kind: str, params: Params, item: Params, item_id: str, described_by: str) -> str:
    """Return one radio or checkbox with its label, hint and what it reveals."""
    known(item, ITEM_KEYS)
    base = f"nhsuk-{'radios' if kind == 'radio' else 'checkboxes'}"
    inclusive = " nhsuk-u-frontend-not-supported-hidden" if item.get("behaviour") == "inclusive" else ""
    if item.get("divider"):
        return f'<div class="{base}__divider{inclusive}">{escape(item["divider"])}</div>'
    checked = item.get("checked")
    if checked is None:
        if kind == "radio":
            checked = bool(params.get("value")) and item.get("value") == params.get("value")
        else:
            checked = bool(params.get("values")) and item.get("value") in params["values"]
    conditional = (item.get("conditional") or NOTHING).get("html")
    hint_html, hint_id = hint(item.get("hint"), f"{item_id}-item-hint", f"nhsuk-hint {base}__hint")
    name = (item.get("name") if kind == "checkbox" else None) or params.get("name", "")
    html = f'<input class="{classes(base + "__input", item)}" id="{escape(item_id)}" name="{escape(name)}"'
    html += f' type="{kind}" value="{escape(item.get("value", ""))}"' + (" checked" if checked else "")
    disabled = item.get("disabled")
    html += " disabled" if disabled or (disabled is not False and params.get("disabled")) else ""
    if kind == "checkbox":
        html += attribute("data-behaviour", "exclusive" if item.get("exclusive") else item.get("behaviour") or None)
        html += attribute("data-behaviour-group", item.get("exclusiveGroup", item.get("behaviourGroup")) or None)
    conditional_id = f"conditional-{item_id}"
    html += attribute("data-aria-controls", conditional_id if conditional else None)
    html += attribute("aria-describedby", described(described_by, hint_id) or None)
    html += f"{attributes(item.get('attributes'))}>"
    words = label({key: item[key] for key in ("text", "html") if key in item}, item_id, f"nhsuk-label {base}__label")
    html = f'<div class="{base}__item{inclusive}">{html}{words}{hint_html}</div>'
    if conditional:
        hidden = "" if checked else f" {base}__conditional--hidden"
        html += f'<div class="{base}__conditional{hidden}" id="{escape(conditional_id)}">{conditional.strip()}</div>'
    return html


def _choices(kind: str, params: Params) -> str:
    known(params, CHOICES_KEYS)
    base = f"nhsuk-{'radios' if kind == 'radio' else 'checkboxes'}"
    prefix = params.get("idPrefix") or params["name"]
    box = params.get("fieldset")
    messages, described_by, has_error = _messages(params, prefix, (box or NOTHING).get("describedBy") or "")
    names, extra = base, params.get("classes") or ""
    if f"{base}--" in extra:
        raise UnknownParameterError
    for modifier in ("small", "inline"):
        if params.get(modifier):
            names += f" {base}--{modifier}"
    items = []
    for index, item in enumerate(params.get("items") or (), start=1):
        if not item:
            continue
        if not isinstance(item, Mapping):
            raise UnknownParameterError
        item_id = item.get("id") or (prefix if index == 1 else f"{prefix}-{index}")
        own = described_by if kind == "checkbox" and not box else ""
        items.append(_item(kind, params, item, item_id, own))
    body = f'{messages}<div class="{classes(names, params)}"{attribute("id", params.get("id"))} data-module="{base}"'
    body += f"{attributes(params.get('attributes'))}>{''.join(items)}</div>"
    if box:
        body = fieldset(box, body, described_by)
    return group(body, params, has_error)


def radios(params: Params) -> str:
    """Return a group of radio buttons."""
    return _choices("radio", params)


def checkboxes(params: Params) -> str:
    """Return a group of checkboxes."""
    return _choices("checkbox", params)


def date_input(params: Params) -> str:
    """Return the boxes of a date; ``items`` are required, so that no word is left to the macro's English."""
    known(params, DATE_KEYS)
    items = params.get("items")
    if not items or "id" not in params:
        raise UnknownParameterError
    box = params.get("fieldset")
    element_id = params["id"]
    messages, described_by, has_error = _messages(params, element_id, (box or NOTHING).get("describedBy") or "")
    any_item = any(item.get("error") for item in items)
    parts = []
    for item in items:
        known(item, DATE_ITEM_KEYS)
        if "label" not in item or "id" not in item or "width" not in item:
            raise UnknownParameterError
        words = {**as_text(item["label"]), "classes": "nhsuk-date-input__label"}
        box_params = {
            key: item[key] for key in ("id", "name", "value", "width", "autocomplete", "attributes") if key in item
        }
        box_params["label"] = words
        box_params["inputmode"] = item.get("inputmode") or "numeric"
        box_params["classes"] = f"nhsuk-date-input__input {item.get('classes') or ''}".strip()
        box_params["errorMessage"] = bool(item.get("error")) or (
            has_error and not any_item and item.get("error") is not False
        )
        parts.append(f'<div class="nhsuk-date-input__item">{text_input(box_params)}</div>')
    names = classes("nhsuk-date-input", params)
    body = f'{messages}<div class="{names}" id="{escape(element_id)}"{attributes(params.get("attributes"))}>'
    body += f"{''.join(parts)}</div>"
    if box:
        body = fieldset(box, body, described_by, role="group")
    return group(body, params, has_error or any_item)


CONTROLS: dict[str, Callable[[Params], str]] = {
    "button": button,
    "checkboxes": checkboxes,
    "date-input": date_input,
    "input": text_input,
    "radios": radios,
    "textarea": textarea,
}
