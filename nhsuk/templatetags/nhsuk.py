"""Template tags: any NHS component, the fields of a form, its error summary."""

import re
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi, get_language_info

from nhsuk import components, context, frame
from nhsuk.forms import rendering
from nhsuk.forms.base import NhsukFormMixin
from nhsuk.language import in_language, isolate, numbers_in_order

register = template.Library()


@register.simple_tag
def nhsuk(name: str, params: dict[str, Any] | None = None, **kwargs: Any) -> SafeString:
    """Render a component: ``{% nhsuk "button" text="Continue" %}``.

    Parameters have the names of the NHS service manual; those inside others come as a mapping from the view.
    """
    return components.render(name, {**(params or {}), **kwargs})


class ComponentNode(template.Node):
    """A component around the template's own HTML."""

    def __init__(self, name: FilterExpression, params: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.name, self.params, self.nodelist = name, params, nodelist

    def render(self, context: Context) -> SafeString:
        """Render what stands between the tags, then the component around it."""
        params = {key: value.resolve(context) for key, value in self.params.items()}
        params["html"] = self.nodelist.render(context)
        return components.render(self.name.resolve(context), params)


@register.tag
def nhsukblock(parser: Parser, token: Token) -> ComponentNode:
    """Render a component around HTML: ``{% nhsukblock "details" summary="Help" %}<p>...</p>{% endnhsukblock %}``."""
    tag_name, *bits = token.split_contents()
    if not bits:
        raise template.TemplateSyntaxError(f"{tag_name} needs the name of a component")
    name = parser.compile_filter(bits.pop(0))
    params = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{tag_name} takes name=value parameters only")
    nodelist = parser.parse((f"end{tag_name}",))
    parser.delete_first_token()
    return ComponentNode(name, params, nodelist)


@register.simple_tag
def nhsuk_field(field: BoundField) -> SafeString:
    """Render one field of a form."""
    return rendering.render_field(field)


@register.simple_tag
def nhsuk_focused_field(field: BoundField) -> SafeString:
    """Render one field that has the keyboard when the page opens: for a staff page that is one form to be filled in.

    A page that says what is wrong opens at its error summary instead.
    """
    wrong = field.form.is_bound and field.form.errors
    html = rendering.render_field(field)
    # What our own component rendered, with one attribute more on its first control.
    return html if wrong else mark_safe(re.sub(r"<(input|textarea|select) ", r"<\1 autofocus ", html, count=1))  # noqa: S308


@register.simple_tag
def nhsuk_fields(form: NhsukFormMixin) -> SafeString:
    """Render the fields of one of our forms: as ``{% crispy form %}`` does, without a template for each of them."""
    return rendering.render_fields(form)


@register.simple_tag
def nhsuk_errors(*several: forms.BaseForm | None) -> SafeString:
    """Render the error summary of the forms given; absent ones count for nothing."""
    return rendering.render_error_summary(*(form for form in several if form))


@register.filter
def nhs_number(value: str | None) -> SafeString:
    """Return an NHS number as 999 000 0018, kept on one line; nothing for none."""
    if not value:
        return SafeString("")
    digits = re.sub(r"\D", "", str(value))
    return format_html('<span class="nhsuk-u-nowrap">{} {} {}</span>', digits[:3], digits[3:6], digits[6:])


@register.filter("isolate", is_safe=True)
def isolate_words(value: object) -> str:
    """Return a name, an address or a number so that a page from right to left does not reorder it."""
    return isolate(str(value)) if value else ""


@register.filter(is_safe=True)
def in_order(value: object) -> str:
    """Return a text in the page's language so that a page from right to left keeps the numbers in it in order."""
    return numbers_in_order(str(value)) if get_language_bidi() else str(value)


@register.simple_tag
def service_words() -> dict[str, object]:
    """Return the words of the service, for pages rendered without a request, as an error page may be."""
    return context.service_words()


@register.simple_tag
def nhsuk_frame(template_name: str) -> SafeString:
    """Render a part of the page that is the same for everybody; nothing of the page's context reaches it."""
    return frame.part(template_name)


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[dict[str, object]]:
    """Return the page's address in each language that is offered; nothing where there is no other to choose.

    What was searched for is kept. A page that nobody knows leads to the same page in the other language.
    """
    request = context.get("request")
    if request is None:
        return []
    current, names = get_language(), dict(settings.LANGUAGES)
    if not set(settings.LANGUAGES_OFFERED) - {current}:
        return []
    return [
        {
            "code": code,
            "name": names[code],
            "bidi": get_language_info(code)["bidi"],
            "url": in_language(request.get_full_path(), code),
            "current": code == current,
        }
        for code in settings.LANGUAGES_OFFERED
    ]


@register.simple_tag(takes_context=True)
def language_alternates(context: Context) -> list[tuple[str, str]]:
    """Return (language, full address) of each language of a page that is the same for everybody, for search engines.

    An unfinished booking, or a page behind somebody's link, has none.
    """
    request = context.get("request")
    if request is None or request.resolver_match is None or len(settings.LANGUAGES_OFFERED) < 2:
        return []
    if set(request.resolver_match.kwargs) - {"slug"}:
        return []
    base = settings.PUBLIC_URL.rstrip("/")
    found = [(code, base + in_language(request.path, code)) for code in settings.LANGUAGES_OFFERED]
    return [*found, ("x-default", base + in_language(request.path, settings.LANGUAGE_CODE))]
