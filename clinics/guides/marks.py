"""The few marks that the text of a guide may have, and what becomes of them on the page.

A blank line between paragraphs; ``## `` before a heading and ``### `` before one under it; ``- `` or ``1. `` before
each entry of a list; ``[words](/guides/side-effects/)`` for a link to one of the public's own pages, written with its
English address, which is shown in the reader's language. Everything else stands on the page as it was typed: no HTML of
a text reaches a browser as HTML.
"""

from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, get_urlconf, resolve, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from accounts.middleware import is_public

# Everything switched off but what is named here; HTML is text.
_READER = MarkdownIt("zero", {"html": False}).enable(["heading", "list", "link"])
# The page's own title is its only h1.
_LEVELS = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}


def own_page(target: str) -> str:
    """Return the address, in the language at hand, of the public page of ours whose English address ``target`` is.

    "" for everything else: an address elsewhere, a page of staff, one that needs a secret, or none at all.
    """
    if not target.startswith("/") or target.startswith("//") or len(target) > 200:
        return ""
    try:
        with override(settings.LANGUAGE_CODE):
            match = resolve(target)
        if not is_public(match.func) or not match.url_name or "token" in match.kwargs:
            return ""
        return reverse(match.url_name, args=match.args, kwargs=match.kwargs)
    except (Resolver404, NoReverseMatch):
        return ""


def _links(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from (child for child in token.children or () if child.type == "link_open")


def problems(text: str) -> list[str]:
    """Return a sentence for each link in a text that leads to no public page of ours."""
    targets = [str(link.attrs.get("href", "")) for link in _links(_READER.parse(text))]
    return [
        _("The link to %(target)s leads to no page of this service. Write it like /guides/side-effects/")
        % {"target": target}
        for target in dict.fromkeys(targets)
        if not own_page(target)
    ]


def render(text: str) -> SafeString:
    """Return the HTML of a guide's text. A link that leads to no page of ours is shown as its words."""
    where = (get_language(), get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)
    return (_render.__wrapped__ if settings.DEBUG else _render)(text, *where)


@lru_cache(maxsize=200)
def _render(text: str, language: str | None, prefix: str, addresses: str) -> SafeString:
    tokens = _READER.parse(text)
    for token in tokens:
        token.tag = _LEVELS.get(token.tag, token.tag)
        kept: list[Token] = []
        dropped = 0
        for child in token.children or ():
            if child.type == "link_open":
                target = own_page(str(child.attrs.get("href", "")))
                if not target:
                    dropped += 1
                    continue
                child.attrs = {"href": target}
            elif child.type == "link_close" and dropped:
                dropped -= 1
                continue
            kept.append(child)
        token.children = kept if token.children is not None else None
    # Made by the library from a text whose HTML it escapes, and from addresses of our own.
    return mark_safe(_READER.renderer.render(tokens, _READER.options, {}))  # noqa: S308
