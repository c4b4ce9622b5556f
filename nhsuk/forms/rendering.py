"""From a Django form to the parameters of the NHS components."""

from typing import Any, cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from nhsuk.components import render_tidy, tidy
from nhsuk.components.words import ERROR, WORDS
from nhsuk.forms.base import NhsukFormMixin
from nhsuk.forms.dates import PARTS, DateInputWidget

# Widget attributes that become parameters of the component.
PARAMETERS = ("inputmode", "autocomplete", "autocapitalize", "spellcheck", "width")
# Attributes that the design system avoids: they cut answers off, jump about or speak before the answer is sent.
UNWANTED = frozenset({"id", "required", "maxlength", "minlength", "autofocus", "placeholder", "cols", "rows", "class"})


def field_options(bound: BoundField) -> dict[str, Any]:
    """Return the display options of the field, those of its widget's attributes included."""
    attrs = bound.field.widget.attrs
    options = {name: attrs[name] for name in PARAMETERS if name in attrs}
    options.update(getattr(bound.field, "nhsuk", {}))
    return options


def error_words(bound: BoundField) -> Any:
    """Return the words of the field's errors: one string, or HTML of several lines."""
    messages = [str(message) for message in bound.errors]
    if len(messages) < 2:
        return messages[0] if messages else None
    return format_html_join(mark_safe("<br>"), "{}", ((message,) for message in messages))


def wrong_parts(bound: BoundField) -> tuple[str, ...]:
    """Return the boxes of a date that are wrong: those its errors name, or all of them."""
    parts: list[str] = []
    for error in bound.errors.as_data():
        parts += getattr(error, "parts", PARTS)
    return tuple(part for part in PARTS if part in parts)


def error_target(bound: BoundField) -> str:
    """Return the id that an error of the field links to: its control, first choice or first wrong box."""
    if isinstance(bound.field.widget, DateInputWidget):
        return f"{bound.auto_id}_{wrong_parts(bound)[0]}"
    return bound.auto_id


def error_list(form: forms.BaseForm) -> list[dict[str, str]]:
    """Return the entries of the error summary in the order of the page, those of the whole form first."""
    entries = [{"text": str(message)} for message in form.non_field_errors()]
    for bound in form:
        for message in bound.errors:
            entry = {"text": str(message)}
            if not bound.is_hidden:
                entry["href"] = f"#{error_target(bound)}"
            entries.append(entry)
    return entries


def render_error_summary(*several: forms.BaseForm) -> SafeString:
    """Return the error summary of one or more forms, or nothing where all is well."""
    entries = [entry for form in several if form.is_bound for entry in error_list(form)]
    if not entries:
        return SafeString("")
    return render_tidy("error-summary", {"heading": _("There is a problem"), "errorList": entries})


def _heading(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """Return the label or legend: the page's h1 where ``heading`` is set."""
    label = bound.label
    params: dict[str, Any] = {"html" if hasattr(label, "__html__") else "text": label}
    if options.get("heading"):
        params["isPageHeading"] = True
    size = options.get("size") or ("l" if options.get("heading") else None)
    params["size"] = size
    params["caption"] = options.get("caption")
    if options.get("hide_label"):
        params["classes"] = "nhsuk-u-visually-hidden"
    return params


def _common(bound: BoundField, options: dict[str, Any]) -> dict[str, Any]:
    """Return what nearly every control takes."""
    words = error_words(bound)
    params: dict[str, Any] = {
        "id": bound.auto_id,
        "name": bound.html_name,
        "hint": bound.help_text or None,
        "classes": options.get("classes"),
        "disabled": True if bound.field.disabled else None,
    }
    if words:
        kind = "html" if hasattr(words, "__html__") else "text"
        params["errorMessage"] = {kind: words, "visuallyHiddenText": ERROR}
    extra = {
        name: value
        for name, value in bound.field.widget.attrs.items()
        if name not in UNWANTED and name not in PARAMETERS and value is not None and value is not False
    }
    if extra:
        params["attributes"] = extra
    return params


def _value(bound: BoundField) -> str | None:
    value = bound.field.widget.format_value(bound.value())
    # A NUL shown back would make the page itself malformed.
    return None if value is None else str(value).replace("\x00", "\ufffd")


def _text(bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    widget = bound.field.widget
    params = _common(bound, options) | {"label": _heading(bound, options)}
    params |= {name: options.get(name) for name in PARAMETERS}
    if isinstance(widget, forms.PasswordInput):
        for name in ("spellcheck", "inputmode", "autocapitalize"):
            params.pop(name)
        return "password-input", params | dict(WORDS["password-input"])
    params["value"] = _value(bound)
    if isinstance(widget, forms.Textarea):
        params.pop("width")
        params.pop("inputmode")
        params["rows"] = options.get("rows")
        if options.get("count"):
            params["maxlength"] = getattr(bound.field, "max_length", None)
            return "character-count", params | dict(WORDS["character-count"])
        return "textarea", params
    kind = getattr(widget, "input_type", "text")
    # Number boxes change their value when a wheel turns over them.
    params["type"] = "text" if kind == "number" else kind
    params["prefix"], params["suffix"] = options.get("prefix_text"), options.get("suffix_text")
    return "input", params


def _date(bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    typed = bound.field.widget.decompress(bound.value())
    wrong = wrong_parts(bound) if bound.errors else ()
    words = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    params = _common(bound, options)
    params.pop("name")
    params.pop("disabled")
    params["fieldset"] = {"legend": _heading(bound, options)}
    params["items"] = [
        {
            "id": f"{bound.auto_id}_{part}",
            "name": f"{bound.html_name}_{part}",
            "label": words[part],
            "width": 4 if part == "year" else 2,
            "value": typed[part].replace("\x00", "\ufffd"),
            "error": part in wrong,
        }
        for part in PARTS
    ]
    return "date-input", params


def widget_choices(bound: BoundField) -> Any:
    """Return the choices as pairs of value and words; those of a model form come fresh from the database."""
    return cast(forms.Select, bound.field.widget).choices


def _items(bound: BoundField, options: dict[str, Any], chosen: set[str]) -> list[dict[str, Any]]:
    """Return the choices with their hints, dividers, exclusiveness and what they reveal."""
    hints = options.get("choice_hints") or {}
    dividers = options.get("choice_dividers") or {}
    reveals = options.get("reveals") or {}
    exclusive = {str(value) for value in options.get("exclusive") or ()}
    items: list[dict[str, Any]] = []
    for value, label in widget_choices(bound):
        if value in (None, ""):
            continue
        if value in dividers:
            items.append({"divider": dividers[value]})
        item: dict[str, Any] = {"value": str(value), "checked": str(value) in chosen, "hint": hints.get(value)}
        item["html" if hasattr(label, "__html__") else "text"] = label
        if str(value) in exclusive:
            item["behaviour"] = "exclusive"
        names = reveals.get(value) or ()
        inside = [render_field(bound.form[name]) for name in ([names] if isinstance(names, str) else names)]
        if inside:
            item["conditional"] = {"html": SafeString("".join(inside))}
        items.append(item)
    return items


def _choices(bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    value = bound.value()
    several = isinstance(bound.field.widget, forms.CheckboxSelectMultiple)
    given = (value or []) if several else [] if value is None else [value]
    chosen = {str(each) for each in ([given] if isinstance(given, str) else given)}
    params = _common(bound, options)
    params["idPrefix"] = params.pop("id")
    params["items"] = _items(bound, options, chosen)
    params["fieldset"] = {"legend": _heading(bound, options)}
    params["inline"], params["small"] = options.get("inline"), options.get("small")
    return ("checkboxes" if several else "radios"), params


def _checkbox(bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    params = _common(bound, options)
    params["idPrefix"] = params.pop("id")
    item: dict[str, Any] = {"value": "on", "checked": bool(bound.value()), "text": bound.label}
    item["hint"] = params.pop("hint")
    reveals = [name for names in (options.get("reveals") or {}).values() for name in names]
    if reveals:
        item["conditional"] = {"html": SafeString("".join(render_field(bound.form[name]) for name in reveals))}
    params["items"] = [item]
    params["small"] = options.get("small")
    return "checkboxes", params


def _key(value: Any) -> str:
    """Return a choice's value as the page carries it."""
    return "" if value is None else str(value)


def _select(bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    params = _common(bound, options) | {"label": _heading(bound, options)}
    value = bound.value()
    chosen = {_key(each) for each in (value if isinstance(value, (list, tuple)) else [value])}
    params["items"] = [
        {"value": _key(key), "text": text, "selected": _key(key) in chosen}
        for key, text in widget_choices(bound)
        if not isinstance(text, (list, tuple))
    ]
    if isinstance(bound.field.widget, forms.SelectMultiple):
        params["attributes"] = {**params.get("attributes", {}), "multiple": True}
    return "select", params


def _file(bound: BoundField, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return "file-upload", _common(bound, options) | {"label": _heading(bound, options)}


def component(bound: BoundField) -> tuple[str, dict[str, Any]]:
    """Return the name and the parameters of the component that shows the field."""
    widget, options = bound.field.widget, field_options(bound)
    # Order counts: RadioSelect and CheckboxSelectMultiple are kinds of Select in Django.
    for kinds, build in (
        (DateInputWidget, _date),
        ((forms.RadioSelect, forms.CheckboxSelectMultiple), _choices),
        (forms.CheckboxInput, _checkbox),
        (forms.Select, _select),
        (forms.FileInput, _file),
    ):
        if isinstance(widget, kinds):
            return build(bound, options)
    return _text(bound, options)


def render_field(bound: BoundField) -> SafeString:
    """Return the HTML of one field with its label, hint and error."""
    if bound.is_hidden:
        return bound.as_widget()
    name, params = component(bound)
    return render_tidy(name, tidy(params))


def render_fields(form: NhsukFormMixin) -> SafeString:
    """Return the HTML of a form's fields, those that a choice reveals inside that choice."""
    revealed = form.revealed()
    return SafeString("\n".join(render_field(form[name]) for name in form.fields if name not in revealed))
