"""The languages of the public pages and messages. Staff screens are in English."""

# By code, named as its own speakers do; English stands at the root of the site, each other under its code. What is
# written from right to left, Django knows.
LANGUAGES = [
    ("en-gb", "English"),
    ("pl", "Polski"),
    ("ro", "Română"),
    ("ur", "اردو"),
    ("ar", "العربية"),
]
# Those that a page offers. A language is put here when every public word is translated, and ``make check`` then fails
# for any that is not: half a language is worse than none. The addresses of the others answer, for their translators.
OFFERED: tuple[str, ...] = ("en-gb", "pl", "ro", "ur", "ar")
