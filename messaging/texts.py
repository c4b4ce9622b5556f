"""How long a text message is, as the telephone networks count it."""

import math

# The default alphabet of 3GPP TS 23.038, section 6.2.1, and the characters of its extension table, which count double.
_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅå_ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
) | set("\u0394\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e")
_EXTENDED = set("\f^{}\\[~]|€")

# How many units one message holds, and each part of a longer one, which gives some up to say where it belongs
# (3GPP TS 23.040, section 9.2.3.24.1).
_GSM_ALONE, _GSM_PART = 160, 153
_UNICODE_ALONE, _UNICODE_PART = 70, 67

_TYPOGRAPHY = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }
)


def plain(words: str) -> str:
    """Return ``words`` on one line with typewriter quotes and dashes; people's and places' names stay as they are.

    One curly quote would more than halve what a text message holds.
    """
    return " ".join(words.translate(_TYPOGRAPHY).split())


def is_gsm(words: str) -> bool:
    """Whether every character is of the networks' default alphabet or its extension."""
    return all(character in _BASIC or character in _EXTENDED for character in words)


def parts(words: str) -> int:
    """Return into how many messages the networks cut ``words``; each is paid for."""
    if is_gsm(words):
        units = sum(2 if character in _EXTENDED else 1 for character in words)
        alone, part = _GSM_ALONE, _GSM_PART
    else:
        units = len(words.encode("utf-16-be")) // 2
        alone, part = _UNICODE_ALONE, _UNICODE_PART
    return 1 if units <= alone else math.ceil(units / part)
