"""What is compared of two answers that must be alike to whoever reads them, or takes their time."""

import re

TOKENS = (
    # Everything random that a page carries: ids, tokens of forms, references, and the QR codes made of them.
    (re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"), "<id>"),
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'), "<csrf>"),
    (re.compile(r"\b[2346789A-HJKMNPQRTUVWXYZ]{5}-[2346789A-HJKMNPQRTUVWXYZ]{5}\b"), "<reference>"),
    (re.compile(r'<svg class="app-qr".*?</svg>', re.DOTALL), "<code>"),
    (re.compile(r'nonce="[^"]*"'), "<nonce>"),
    (re.compile(r'name="(?:once|began|seen|stamp|signed)" value="[^"]*"'), "<stamp>"),
)


def without_tokens(text: str) -> str:
    for pattern, instead in TOKENS:
        text = pattern.sub(instead, text)
    return text


def statement(sql: str) -> str:
    """A statement without its values: those are tokens, keys of rows and moments."""
    sql = re.sub(r"'(?:[^']|'')*'", "?", sql)
    return re.sub(r"\b\d+(?:\.\d+)?\b", "?", re.sub(r'"s\d+_x\d+"|_django_curs_\w+', "?", sql))
