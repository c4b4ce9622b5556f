"""What counts as something written: a value of blanks and invisible characters is as empty as an empty one."""

import re
import unicodedata

# At least one character that can be seen. Blanks of every width, control characters, direction and variation marks and
# the fillers of Hangul, Khmer, Mongolian and Braille cannot. Written so that both databases read it alike.
VISIBLE = (
    r"[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)


def is_blank(text: str) -> bool:
    """Whether nobody could see anything of the text."""
    return re.search(VISIBLE, text) is None


def tidy(text: str) -> str:
    """Return the text without blanks and invisible characters at its ends; "" where nothing else is in it."""
    if is_blank(text):
        return ""
    start, end = 0, len(text)
    while unicodedata.category(text[start]) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        start += 1
    while unicodedata.category(text[end - 1]) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        end -= 1
    return text[start:end]
