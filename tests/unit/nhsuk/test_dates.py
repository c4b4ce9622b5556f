"""The date in three boxes: what it reads, and which one error it gives."""

from datetime import date
from typing import Any

import pytest
from django.test import SimpleTestCase
from hypothesis import given
from hypothesis import strategies as st

from nhsuk.forms import DateInputField, NhsukForm, PartialDate
from nhsuk.forms.rendering import error_list, render_field, wrong_parts

TODAY = date(2026, 3, 14)


def form_of(day: str = "", month: str = "", year: str = "", **options: Any) -> NhsukForm:
    """Return a bound form with one date, about Amina's date of birth unless the options say otherwise."""

    class DateForm(NhsukForm):
        born = DateInputField(**{"subject": "Amina’s date of birth", "label": "When was Amina born?", **options})

    return DateForm({"born_day": day, "born_month": month, "born_year": year}, today=TODAY)


def error_of(*typed: str, **options: Any) -> tuple[str, tuple[str, ...]]:
    """Return the one error of what was typed, and the boxes that are wrong."""
    form = form_of(*typed, **options)
    assert len(form.errors["born"]) == 1
    return form.errors["born"][0], wrong_parts(form["born"])


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("3", "3", "2020"),
        ("03", "03", "2020"),
        (" 3 ", "mar", "2020"),
        ("3", "March", "2020"),
        ("3", "MARCH.", "2020\u200b"),
        ("٣", "٣", "٢٠٢٠"),
        ("\uff13", "3", "2020"),
    ],
)
def test_a_date_is_read_as_people_write_it(day: str, month: str, year: str) -> None:
    form = form_of(day, month, year)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == date(2020, 3, 3)


def test_september_may_be_cut_to_four_letters() -> None:
    form = form_of("1", "Sept", "2020")
    assert form.is_valid()
    assert form.cleaned_data["born"] == date(2020, 9, 1)


ALL = ("day", "month", "year")


@pytest.mark.parametrize(
    ("typed", "words", "parts"),
    [
        (("", "", ""), "Enter Amina’s date of birth", ALL),
        (("  ", "\u200b", ""), "Enter Amina’s date of birth", ALL),
        (("27", "", "2020"), "Amina’s date of birth must include a month", ("month",)),
        (("", "3", "2020"), "Amina’s date of birth must include a day", ("day",)),
        (("27", "3", ""), "Amina’s date of birth must include a year", ("year",)),
        (("", "", "2020"), "Amina’s date of birth must include a day and month", ("day", "month")),
        (("", "13", ""), "Amina’s date of birth must include a day and year", ("day", "year")),
        (("40", "", ""), "Amina’s date of birth must include a month and year", ("month", "year")),
        (("27", "3", "20"), "Year must include 4 numbers", ("year",)),
        (("27", "3", "20200"), "Year must include 4 numbers", ("year",)),
        (("32", "3", "2020"), "Amina’s date of birth must be a real date", ("day",)),
        (("0", "3", "2020"), "Amina’s date of birth must be a real date", ("day",)),
        (("27", "13", "2020"), "Amina’s date of birth must be a real date", ("month",)),
        (("27", "ma", "2020"), "Amina’s date of birth must be a real date", ("month",)),
        (("32", "ju", "2020"), "Amina’s date of birth must be a real date", ("day", "month")),
        (("27", "3", "year"), "Amina’s date of birth must be a real date", ("year",)),
        (("27", "3", "0000"), "Amina’s date of birth must be a real date", ("year",)),
        (("29", "2", "2021"), "Amina’s date of birth must be a real date", ALL),
        (("15", "3", "2026"), "Amina’s date of birth must be today or in the past", ALL),
        (("31", "12", "1899"), "Amina’s date of birth must be on or after 1 January 1900", ALL),
        (("9" * 5000, "3", "2020"), "Amina’s date of birth must be a real date", ("day",)),
        (("<script>", "3", "2020"), "Amina’s date of birth must be a real date", ("day",)),
        (("²", "3", "2020"), None, None),
    ],
)
def test_the_first_thing_wrong_is_said_and_its_boxes_marked(
    typed: tuple[str, str, str], words: str | None, parts: tuple[str, ...] | None
) -> None:
    if words is None:
        assert form_of(*typed).is_valid()
    else:
        assert error_of(*typed) == (words, parts)


def test_a_nul_is_refused_with_a_sentence_and_not_shown_back() -> None:
    form = form_of("2\x007", "3", "2020")
    words, parts = form.errors["born"][0], wrong_parts(form["born"])
    assert words == "Amina’s date of birth includes a character that cannot be saved. Delete it and type it again"
    assert parts == ("day",)
    assert "\x00" not in render_field(form["born"])


def test_only_the_wrong_box_is_red_and_the_summary_links_to_it() -> None:
    form = form_of("27", "", "2020")
    html = render_field(form["born"])
    assert html.count("nhsuk-input--error") == 1
    assert 'id="id_born_month"' in html.split("nhsuk-input--error")[1].split(">")[0]
    assert error_list(form) == [
        {"text": "Amina’s date of birth must include a month", "href": "#id_born_month"},
    ]


def test_what_was_typed_stays_in_the_boxes() -> None:
    html = render_field(form_of("27", "Mrz", "<2020>")["born"])
    assert 'value="27"' in html
    assert 'value="Mrz"' in html
    assert 'value="&lt;2020&gt;"' in html


def test_an_error_added_by_the_view_marks_every_box() -> None:
    form = form_of("27", "3", "2020")
    assert form.is_valid()
    form.add_error("born", "No clinic takes a child of this age")
    assert render_field(form["born"]).count("nhsuk-input--error") == 3
    assert error_list(form)[0]["href"] == "#id_born_day"


@pytest.mark.parametrize(
    ("limit", "day", "fits"),
    [
        ("today_or_past", "14", True),
        ("past", "13", True),
        ("past", "14", False),
        ("today_or_future", "14", True),
        ("today_or_future", "13", False),
        ("future", "15", True),
        ("future", "14", False),
        (None, "31", True),
    ],
)
def test_the_limit_counts_from_the_day_it_is_given(limit: str | None, day: str, fits: bool) -> None:
    assert form_of(day, "3", "2026", limit=limit).is_valid() is fits


def test_a_date_that_needs_today_says_so_when_the_form_has_none() -> None:
    with pytest.raises(ValueError, match="today"):
        DateInputField(subject="x").clean({"day": "1", "month": "1", "year": "2020"})


def test_a_partial_date_may_stop_at_the_month_or_the_year() -> None:
    year = form_of("", "", "2019", partial=True)
    month = form_of("", "apr", "2019", partial=True)
    whole = form_of("2", "4", "2019", partial=True)
    assert all(form.is_valid() for form in (year, month, whole))
    assert year.cleaned_data["born"] == PartialDate(2019)
    assert month.cleaned_data["born"] == PartialDate(2019, 4)
    assert whole.cleaned_data["born"].exact == date(2019, 4, 2)


def test_a_partial_date_never_leaves_out_the_month_alone_or_the_year() -> None:
    assert error_of("2", "", "2019", partial=True)[1] == ("month",)
    assert error_of("", "4", "", partial=True)[1] == ("day", "year")
    assert error_of("31", "6", "2019", partial=True)[0].endswith("must be a real date")


def test_a_partial_date_of_this_month_is_not_in_the_future() -> None:
    assert form_of("", "3", "2026", partial=True).is_valid()
    assert not form_of("", "4", "2026", partial=True).is_valid()


def test_a_partial_date_knows_the_days_it_can_be() -> None:
    assert (PartialDate(2020, 2).earliest, PartialDate(2020, 2).latest) == (date(2020, 2, 1), date(2020, 2, 29))
    assert (PartialDate(2020).earliest, PartialDate(2020).latest) == (date(2020, 1, 1), date(2020, 12, 31))
    assert PartialDate(2020, 12).latest == date(2020, 12, 31)


@pytest.mark.parametrize("text", ["2020", "2020-02", "2020-02-29"])
def test_a_partial_date_is_read_back_from_its_own_words(text: str) -> None:
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize("text", ["", "20", "2020-13", "2021-02-29", "2020-2", "٢٠٢٠", "2020-02-29T00:00"])
def test_words_that_are_no_partial_date_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        PartialDate.parse(text)


@pytest.mark.parametrize("initial", [date(2020, 3, 27), PartialDate(2020, 3, 27), "2020-03-27"])
def test_a_known_date_stands_in_the_boxes(initial: Any) -> None:
    class DateForm(NhsukForm):
        born = DateInputField(label="Born")

    html = render_field(DateForm(initial={"born": initial})["born"])
    assert [f'value="{part}"' in html for part in (27, 3, 2020)] == [True, True, True]


def test_a_date_that_is_not_required_may_be_absent() -> None:
    form = form_of(required=False)
    assert form.is_valid()
    assert form.cleaned_data["born"] is None


class AnyInput(SimpleTestCase):
    """Whatever is typed, the field answers with a date or a sentence."""

    @given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
    def test_any_text_gives_a_date_or_one_sentence(self, day: str, month: str, year: str) -> None:
        """No text makes the form fail."""
        form = form_of(day, month, year, partial=True)
        if form.is_valid():
            assert isinstance(form.cleaned_data["born"], PartialDate)
        else:
            assert len(form.errors["born"]) == 1
        assert "born_day" in render_field(form["born"])
