"""Dates in three boxes, as people write them, with errors in the order and words of the GOV.UK date input."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS, MONTHS_ALT
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from nhsuk.forms.fields import storable
from nhsuk.forms.options import ENTER, UNSTORABLE, FieldOptions
from nhsuk.language import date_words

PARTS = ("day", "month", "year")
# Nobody alive was born before; also catches a slip of the keyboard such as 1080.
EARLIEST = date(1900, 1, 1)
MISSING = {
    # Translators: errors about a date. %(Subject)s is which date, such as “Amina’s date of birth”; it comes in one form
    # only: choose a sentence that fits it as it is, such as “%(Subject)s: ...”
    ("day",): _("%(Subject)s must include a day"),
    ("month",): _("%(Subject)s must include a month"),
    ("year",): _("%(Subject)s must include a year"),
    ("day", "month"): _("%(Subject)s must include a day and month"),
    ("day", "year"): _("%(Subject)s must include a day and year"),
    ("month", "year"): _("%(Subject)s must include a month and year"),
}
LIMITS = {
    "today_or_past": _("%(Subject)s must be today or in the past"),
    "past": _("%(Subject)s must be in the past"),
    "today_or_future": _("%(Subject)s must be today or in the future"),
    "future": _("%(Subject)s must be in the future"),
}


class DatePartError(ValidationError):
    """An error that says which boxes are wrong: ``parts`` out of day, month and year."""

    def __init__(self, message: str, code: str, parts: Sequence[str]) -> None:
        super().__init__(message, code=code)
        self.parts = tuple(parts)


class PartialDate(NamedTuple):
    """A date known to its year, month or day."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def exact(self) -> date | None:
        """The date, where it is known to the day."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def earliest(self) -> date:
        """The first day that it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it can be."""
        if self.exact:
            return self.exact
        if self.month is None or self.month == 12:
            return date(self.year, 12, 31)
        return date(self.year, self.month + 1, 1) - timedelta(days=1)

    def __str__(self) -> str:
        """Return "2020", "2020-03" or "2020-03-27", which ``parse`` reads back."""
        text = f"{self.year:04}"
        for part in (self.month, self.day):
            if part is not None:
                text += f"-{part:02}"
        return text

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Return the partial date that ``str`` wrote. Raises ``ValueError`` for anything else."""
        if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text, re.ASCII):
            raise ValueError(f"not a year, month or day: {text!r}")
        value = cls(*map(int, text.split("-")))
        date(value.year, value.month or 1, value.day or 1)
        return value


class DateInputWidget(forms.Widget):
    """Reads three boxes named ``<name>_day``, ``<name>_month`` and ``<name>_year``."""

    template_name = ""

    def id_for_label(self, id_: str) -> str:
        """Return no id: the boxes have their own labels, the group has a legend."""
        return ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """Return what was typed, by part."""
        return {part: data.get(f"{name}_{part}") or "" for part in PARTS}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Whether no box was sent at all."""
        return not any(f"{name}_{part}" in data for part in PARTS)

    @staticmethod
    def decompress(value: Any) -> dict[str, str]:
        """Return the words for the boxes, from a date, a partial date, its text, or what was typed."""
        if isinstance(value, Mapping):
            return {part: str(value.get(part) or "") for part in PARTS}
        if isinstance(value, str) and value:
            value = PartialDate.parse(value)
        if isinstance(value, (date, PartialDate)):
            return {part: str(getattr(value, part) or "") for part in PARTS}
        return dict.fromkeys(PARTS, "")


def _plain(text: str) -> str:
    """Return what was typed in one box with plain digits and no invisible characters, in small letters."""
    text = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in ("Cc", "Cf"))
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text).strip(" .,،").casefold()


def _bare(text: str) -> str:
    """Return a word in small letters without marks on them: many keyboards here do not have those."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _number(text: str, highest: int) -> int | None:
    """Return a number from 1 to ``highest`` written with one or two digits, or None."""
    return int(text) if re.fullmatch(r"\d{1,2}", text, re.ASCII) and 1 <= int(text) <= highest else None


def _month(text: str) -> int | None:
    """Return the month of a number or of a name, in English or the page's language, cut to three letters or more.

    A language may have two forms of a name, “marzec” and, in a date, “marca”: each is understood, with or without the
    marks on its letters. A whole name wins over one that only begins like it.
    """
    number = _number(text, 12)
    text = _bare("sep" if text == "sept" else text)
    if number or len(text) < 3:
        return number
    names = _month_names()
    with override("en"):
        names = names | _month_names()
    whole = {month for name, month in names if name == text}
    matches = whole or {month for name, month in names if name.startswith(text)}
    return matches.pop() if len(matches) == 1 else None


def _month_names() -> set[tuple[str, int]]:
    return {(_bare(str(name)), month) for names in (MONTHS, MONTHS_ALT) for month, name in names.items()}


class DateInputField(FieldOptions, forms.Field):
    """A date in three text boxes: "3", "03", "mar" and "March" are all fine.

    ``limit`` is one of "today_or_past" (the default, for dates of birth), "past", "today_or_future", "future" or
    None; all but None need ``today``, which the form passes on from the view. ``earliest`` is the first date taken.
    With ``partial=True`` the day, or day and month, may be left out, and the cleaned value is a ``PartialDate``;
    otherwise it is a ``date``. None where the answer is not required and was not given.
    """

    widget = DateInputWidget

    def __init__(
        self,
        *args: Any,
        limit: str | None = "today_or_past",
        earliest: date | None = EARLIEST,
        partial: bool = False,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limit, self.earliest, self.partial, self.today = limit, earliest, partial, today

    def clean(self, value: Any) -> date | PartialDate | None:
        """Return the date, or raise the first that holds of: nothing, something missing, not real, out of bounds."""
        typed = DateInputWidget.decompress(value)
        if not storable("".join(typed.values())):
            parts = [part for part in PARTS if not storable(typed[part])]
            raise self._part_error("unstorable", UNSTORABLE, parts)
        plain = {part: _plain(text) for part, text in typed.items()}
        if not any(plain.values()):
            if self.required:
                raise self._part_error("required", ENTER, PARTS)
            return None
        self._check_complete(plain)
        found = self._real(plain)
        self._check_bounds(found)
        return found if self.partial else found.exact

    def _part_error(self, code: str, message: Any, parts: Sequence[str], **params: Any) -> DatePartError:
        return DatePartError(str(self.error(code, message, **params).message), code, parts)

    def _check_complete(self, plain: dict[str, str]) -> None:
        missing = tuple(part for part in PARTS if not plain[part])
        if self.partial and missing in (("day",), ("day", "month")):
            return
        if self.partial and missing == ("month",):
            raise self._part_error("incomplete", MISSING["month",], ["month"])
        if missing:
            raise self._part_error("incomplete", MISSING[missing], missing)

    def _real(self, plain: dict[str, str]) -> PartialDate:
        """Return the date that stands in the boxes, or say that it is not one."""
        day, month = _number(plain["day"], 31), _month(plain["month"])
        if re.fullmatch(r"\d{1,3}|\d{5,}", plain["year"], re.ASCII):
            raise self._part_error("year_length", _("Year must include 4 numbers"), ["year"])
        year = int(plain["year"]) if re.fullmatch(r"[1-9]\d{3}", plain["year"], re.ASCII) else None
        read = {"day": day, "month": month, "year": year}
        wrong = [part for part in PARTS if plain[part] and read[part] is None]
        if not wrong and day and month and year:
            try:
                date(year, month, day)
            except ValueError:
                # "31 4" or "29 2" of a common year: nobody knows which box is meant.
                wrong = list(PARTS)
        if wrong or year is None:
            raise self._part_error("not_real", _("%(Subject)s must be a real date"), wrong or ["year"])
        return PartialDate(year, month, day)

    def _check_bounds(self, found: PartialDate) -> None:
        if self.earliest and found.latest < self.earliest:
            limit = date_words(self.earliest)
            words = _("%(Subject)s must be on or after %(limit)s")
            raise self._part_error("earliest", words, PARTS if found.exact else ["year"], limit=limit)
        if self.limit is None:
            return
        if self.today is None:
            raise ValueError("this date is compared with today, which the form was not given")
        fits = {
            "today_or_past": found.earliest <= self.today,
            "past": found.earliest < self.today,
            "today_or_future": found.latest >= self.today,
            "future": found.latest > self.today,
        }
        if not fits[self.limit]:
            raise self._part_error("limit", LIMITS[self.limit], PARTS)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the boxes say something else than the initial date."""
        return DateInputWidget.decompress(initial) != DateInputWidget.decompress(data)
