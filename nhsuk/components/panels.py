"""Fast renderers of what stands on a page besides controls."""

from collections.abc import Callable, Mapping

from markupsafe import escape

from nhsuk.components.markup import (
    NOTHING,
    TEXT_KEYS,
    Params,
    UnknownParameterError,
    as_text,
    attribute,
    attributes,
    classes,
    error_span,
    inner,
    keys,
    known,
)

BACK_LINK_KEYS = keys("text html href id classes attributes visuallyHiddenText")
CALLOUT_KEYS = frozenset(
    {"heading", "headingLevel", "text", "html", "id", "classes", "attributes", "visuallyHiddenText"}
)
DETAILS_KEYS = keys("summary text html id classes attributes open")
PANEL_KEYS = keys("heading headingLevel text html id classes attributes variant")
SUMMARY_KEYS = keys("rows id classes attributes border")
ROW_KEYS = keys("key value actions classes")
ACTION_KEYS = keys("href text html visuallyHiddenText classes attributes")
TAG_KEYS = keys("text html colour id classes attributes")
TAG_COLOURS = keys("white grey green aqua-green blue purple pink red orange yellow")


def _identity(params: Params) -> str:
    """Return the id, where there is one, and the free attributes."""
    return attribute("id", params.get("id") or None) + attributes(params.get("attributes"))


def back_link(params: Params) -> str:
    """Return the link back; without an address it is a button, which only the macro knows."""
    known(params, BACK_LINK_KEYS)
    if not params.get("href"):
        raise UnknownParameterError
    hidden = params.get("visuallyHiddenText")
    before = f'<span class="nhsuk-u-visually-hidden">{escape(hidden)} </span>' if hidden else ""
    names = classes("nhsuk-back-link", params)
    html = f'<a class="{names}"{attribute("id", params.get("id"))} href="{escape(params["href"])}"'
    return f"{html}{attributes(params.get('attributes'))}>{before}{inner(params)}</a>"


def details(params: Params) -> str:
    """Return words that unfold."""
    known(params, DETAILS_KEYS)
    summary = as_text(params.get("summary"))
    known(summary, keys("text html"))
    opened = " open" if params.get("open") else ""
    return (
        f'<details class="{classes("nhsuk-details", params)}"{_identity(params)}{opened}>'
        f'<summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">{inner(summary)}</span>'
        f'</summary><div class="nhsuk-details__text">{inner(params)}</div></details>'
    )


def error_message(params: Params) -> str:
    """Return an error beside a control."""
    known(params, TEXT_KEYS)
    return error_span(params, attribute("id", params.get("id") or None))


def error_summary(params: Params) -> str:
    """Return the list of what is wrong, each a link to its control."""
    known(params, keys("heading errorList id classes attributes"))
    heading = as_text(params.get("heading"))
    known(heading, keys("text html"))
    rows = []
    for item in params.get("errorList") or ():
        known(item, keys("href text html attributes"))
        words = inner(item)
        if item.get("href"):
            words = f'<a href="{escape(item["href"])}"{attributes(item.get("attributes"))}>{words}</a>'
        rows.append(f"<li>{words}</li>")
    listed = f'<ul class="nhsuk-list nhsuk-error-summary__list">{"".join(rows)}</ul>' if rows else ""
    return (
        f'<div class="{classes("nhsuk-error-summary", params)}"{attribute("id", params.get("id"))}'
        f' data-module="nhsuk-error-summary"{attributes(params.get("attributes"))}><div role="alert">'
        f'<h2 class="nhsuk-error-summary__heading">{inner(heading)}</h2>'
        f'<div class="nhsuk-error-summary__body">{listed}</div></div></div>'
    )


def inset_text(params: Params) -> str:
    """Return words set apart by a bar."""
    known(params, TEXT_KEYS)
    words = inner(params)
    if not params.get("html") and words:
        words = f"<p>{words}</p>"
    return (
        f'<div class="{classes("nhsuk-inset-text", params)}"{_identity(params)}>'
        f'<span class="nhsuk-u-visually-hidden">{escape(params["visuallyHiddenText"])}: </span>{words}</div>'
    )


def panel(params: Params) -> str:
    """Return the coloured panel of a confirmation or an interruption."""
    known(params, PANEL_KEYS)
    heading = as_text(params.get("heading"))
    known(heading, keys("text html level size"))
    names = "nhsuk-panel"
    if params.get("variant") == "interruption":
        if "nhsuk-panel--interruption" in (params.get("classes") or ""):
            raise UnknownParameterError
        names += " nhsuk-panel--interruption"
    title = ""
    if heading:
        # A level given beside a heading that is a mapping counts for nothing, as in the macro.
        level = heading.get("level") if isinstance(params.get("heading"), Mapping) else params.get("headingLevel")
        size = heading.get("size")
        modifier = f" nhsuk-panel__heading--{size}" if size in ("m", "l", "xl") else ""
        element = f"h{escape(level or 1)}"
        title = f'<{element} class="nhsuk-panel__heading{modifier}">{inner(heading)}</{element}>'
    words = inner(params)
    body = f'<div class="nhsuk-panel__body">{words}</div>' if words else ""
    return f'<div class="{classes(names, params)}"{_identity(params)}>{title}{body}</div>'


def _action(action: Params) -> str:
    known(action, ACTION_KEYS)
    if not action.get("href"):
        raise UnknownParameterError
    hidden = action.get("visuallyHiddenText")
    after = f'<span class="nhsuk-u-visually-hidden"> {escape(hidden)}</span>' if hidden else ""
    opening = f'<a class="{classes("nhsuk-link", action)}" href="{escape(action["href"])}"'
    return f"{opening}{attributes(action.get('attributes'))}>{inner(action)}{after}</a>"


def _row(row: Params, any_actions: bool) -> str:
    known(row, ROW_KEYS)
    key, value = as_text(row.get("key")), as_text(row.get("value"))
    known(key, keys("text html classes"))
    known(value, keys("text html classes"))
    holder = row.get("actions") or NOTHING
    if not isinstance(holder, Mapping):
        raise UnknownParameterError
    known(holder, keys("items"))
    actions = [_action(action) for action in holder.get("items") or ()]
    names = "nhsuk-summary-list__row"
    if any_actions and not actions:
        names += " nhsuk-summary-list__row--no-actions"
    html = f'<div class="{classes(names, row)}"><dt class="{classes("nhsuk-summary-list__key", key)}">{inner(key)}</dt>'
    html += f'<dd class="{classes("nhsuk-summary-list__value", value)}">{inner(value)}</dd>'
    if len(actions) == 1:
        html += f'<dd class="nhsuk-summary-list__actions">{actions[0]}</dd>'
    elif actions:
        listed = "".join(f'<li class="nhsuk-summary-list__actions-list-item">{action}</li>' for action in actions)
        html += (
            f'<dd class="nhsuk-summary-list__actions"><ul class="nhsuk-summary-list__actions-list">{listed}</ul></dd>'
        )
    return f"{html}</div>"


def summary_list(params: Params) -> str:
    """Return a list of keys and values, each row with its actions (``{"items": [...]}``)."""
    known(params, SUMMARY_KEYS)
    rows = [row for row in params.get("rows") or () if isinstance(row, Mapping)]
    names = "nhsuk-summary-list"
    if params.get("border") is False:
        if "no-border" in (params.get("classes") or ""):
            raise UnknownParameterError
        names += " nhsuk-summary-list--no-border"
    any_actions = any(
        (row.get("actions") or NOTHING).get("items") for row in rows if not isinstance(row.get("actions"), list)
    )
    body = "".join(_row(row, any_actions) for row in rows)
    return f'<dl class="{classes(names, params)}"{_identity(params)}>{body}</dl>'


def tag(params: Params) -> str:
    """Return a status word."""
    known(params, TAG_KEYS)
    names, colour = "nhsuk-tag", params.get("colour")
    if colour is False or "nhsuk-tag--" in (params.get("classes") or ""):
        raise UnknownParameterError
    if colour in TAG_COLOURS:
        names += f" nhsuk-tag--{colour}"
    return f'<strong class="{classes(names, params)}"{_identity(params)}>{inner(params)}</strong>'


def warning_callout(params: Params) -> str:
    """Return a callout that must not be missed; its heading is a string.

    The macro prints a heading marked safe twice, and loses its level; this one does not.
    """
    known(params, CALLOUT_KEYS)
    heading = params.get("heading")
    if not isinstance(heading, str) or not heading:
        raise UnknownParameterError
    level = escape(params.get("headingLevel", 3))
    words = str(escape(heading))
    hidden = "" if "Important" in heading or "important" in heading else params.get("visuallyHiddenText")
    if hidden:
        spoken = f'<span class="nhsuk-u-visually-hidden">{escape(hidden)}: </span>'
        words = f'<span role="text">{spoken}{words}</span>'
    body = inner(params)
    if not params.get("html") and body:
        body = f'<p class="nhsuk-card__description">{body}</p>'
    return (
        f'<div class="{classes("nhsuk-card nhsuk-card--warning", params)}"{_identity(params)}>'
        f'<div class="nhsuk-card__content"><h{level} class="nhsuk-card__heading">{words}</h{level}>{body}</div></div>'
    )


PANELS: dict[str, Callable[[Params], str]] = {
    "back-link": back_link,
    "details": details,
    "error-message": error_message,
    "error-summary": error_summary,
    "inset-text": inset_text,
    "panel": panel,
    "summary-list": summary_list,
    "tag": tag,
    "warning-callout": warning_callout,
}
