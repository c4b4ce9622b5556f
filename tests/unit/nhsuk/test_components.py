"""Our fast renderers against the official macros, over many parameters: the same HTML, apart from white space."""

import itertools
import re
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from nhsuk import components
from nhsuk.components import RENDERERS
from nhsuk.components.macros import render_macro
from nhsuk.components.markup import UnknownParameterError

HTML = SafeString("<em>Amina</em> & co")
HOSTILE = "<script>alert(\"1\")</script> & 'quoted'"


def normalised(html: str) -> str:
    """Return HTML with runs of white space as one blank, and none beside a tag."""
    html = re.sub(r"\s+", " ", html).strip()
    html = re.sub(r"(?<=>) | (?=<)", "", html)
    return re.sub(r" (?=/?>)", "", html)


def combinations(required: dict[str, Any], **choices: list[Any]) -> list[dict[str, Any]]:
    """Return the required parameters joined with every combination of the choices; None leaves a parameter out."""
    return [
        required | {key: value for key, value in zip(choices, values, strict=True) if value is not None}
        for values in itertools.product(*choices.values())
    ]


LABELS = [
    "First name",
    HTML,
    {"text": HOSTILE, "size": "l", "isPageHeading": True},
    {"text": "Question", "size": "xl", "isPageHeading": True, "caption": "Amina"},
    {"html": "Question <b>1</b>", "size": "s", "classes": "extra", "caption": HTML},
    {"text": "Question", "caption": "Amina"},
]
ERRORS = [None, "Enter a name", {"text": HOSTILE, "visuallyHiddenText": "Eroare"}, HTML]
HINTS = [None, "As on letters", {"html": "<b>Bold</b>", "classes": "wide", "attributes": {"data-a": "1"}}]
ITEMS = [
    [{"value": "yes", "text": "Yes"}, {"value": "no", "text": HOSTILE, "checked": True}],
    [
        {"value": "a", "text": "A", "hint": "Hint", "conditional": {"html": "<p>More</p>"}},
        {"divider": "or"},
        {"value": "b", "html": "<b>B</b>", "checked": True, "conditional": {"html": "<p>More</p>"}, "hint": HTML},
        {"value": "c", "text": "C", "disabled": True, "id": "own", "attributes": {"data-x": 'a"b'}},
    ],
    [{"value": "none", "text": "None", "behaviour": "exclusive"}, None, {"value": "x", "text": "X", "checked": False}],
]
DATE_ITEMS = [
    {"id": "d_day", "name": "d_day", "label": "Zi", "width": 2, "value": "31"},
    {"id": "d_month", "name": "d_month", "label": "Lună", "width": 2, "value": HOSTILE},
    {"id": "d_year", "name": "d_year", "label": "An", "width": 4},
]
ACTIONS = {"items": [{"href": "/x?a=1&b=2", "text": "Change", "visuallyHiddenText": HOSTILE}]}

CASES: dict[str, list[dict[str, Any]]] = {
    "button": combinations(
        {"text": HOSTILE},
        href=[None, "/next?a=1&b=2"],
        type=[None, "button"],
        variant=[None, "secondary", "warning", "reverse"],
        small=[None, True],
        preventDoubleClick=[None, True, False],
        disabled=[None, True],
        classes=[None, "extra"],
        html=[None, "<b>Go</b>"],
        id=[None, "go"],
        name=[None, "action"],
    )
    + combinations({"text": "Go"}, value=["a", ""], ariaLabel=[None, "Go on"], attributes=[None, {"data-a": True}]),
    "input": combinations(
        {"name": "first", "id": "id_first"},
        label=LABELS,
        hint=HINTS,
        errorMessage=[*ERRORS, True],
        width=[None, 10, 7],
        value=[None, "", HOSTILE],
    )
    + combinations(
        {"name": "first", "label": "Name"},
        type=[None, "email"],
        inputmode=[None, "numeric"],
        autocomplete=[None, "email"],
        spellcheck=[None, False, True],
        prefix=[None, "£"],
        suffix=[None, {"text": "ml", "classes": "wide"}],
        code=[None, True],
        disabled=[None, True],
        describedBy=[None, "other"],
        attributes=[None, {"data-x": "1"}],
        formGroup=[None, {"classes": "group", "attributes": {"data-g": "2"}}],
    ),
    "textarea": combinations(
        {"name": "notes", "id": "id_notes"},
        label=LABELS,
        hint=HINTS,
        errorMessage=ERRORS,
        value=[None, "Two\nlines", HOSTILE],
        rows=[None, 8],
        disabled=[None, True],
        autocomplete=[None, "off"],
    ),
    "radios": combinations(
        {"name": "answer", "idPrefix": "id_answer"},
        items=ITEMS,
        hint=HINTS,
        errorMessage=ERRORS,
        fieldset=[None, *({"legend": label} for label in LABELS), {"legend": "Q", "describedBy": "x", "classes": "y"}],
    )
    + combinations(
        {"name": "answer"}, items=ITEMS, inline=[None, True], small=[None, True], value=[None, "yes"], disabled=[True]
    ),
    "checkboxes": combinations(
        {"name": "answer", "idPrefix": "id_answer"},
        items=ITEMS,
        hint=HINTS,
        errorMessage=ERRORS,
        fieldset=[None, {"legend": LABELS[2]}, {"legend": "Q", "describedBy": "x"}],
    )
    + combinations({"name": "answer"}, items=ITEMS, small=[None, True], values=[None, ["yes"]], classes=[None, "wide"]),
    "date-input": combinations(
        {"id": "d", "items": DATE_ITEMS},
        hint=HINTS,
        errorMessage=ERRORS,
        fieldset=[None, *({"legend": label} for label in LABELS)],
        classes=[None, "wide"],
    )
    + [
        {"id": "d", "items": [DATE_ITEMS[0], DATE_ITEMS[1] | {"error": wrong}, DATE_ITEMS[2]], "errorMessage": "Wrong"}
        for wrong in (True, False)
    ],
    "back-link": combinations(
        {"href": "/a?b=1&c=2"},
        text=["Back", HOSTILE],
        html=[None, "<b>Back</b>"],
        visuallyHiddenText=[None, "Go"],
        id=[None, "b"],
        classes=[None, "extra"],
        attributes=[None, {"data-x": "y"}],
    ),
    "details": combinations(
        {"summary": HOSTILE},
        text=[None, HOSTILE],
        html=[None, "<p>More</p>"],
        open=[None, True],
        id=[None, "d"],
        classes=[None, "wide"],
        attributes=[None, {"data-x": "y"}],
    ),
    "error-message": combinations(
        {"visuallyHiddenText": "Eroare"}, text=["Wrong", HOSTILE], html=[None, "<b>x</b>"], id=[None, "e"]
    ),
    "error-summary": combinations(
        {"heading": "There is a problem"},
        errorList=[
            None,
            [{"text": HOSTILE, "href": "#a"}, {"text": "No link"}],
            [{"html": "<b>x</b>", "href": "#b", "attributes": {"data-x": "1"}}],
        ],
        id=[None, "summary"],
        classes=[None, "wide"],
    ),
    "inset-text": combinations(
        {"visuallyHiddenText": "Information"},
        text=[HOSTILE, None],
        html=[None, "<p>More</p>"],
        id=[None, "i"],
        classes=[None, "wide"],
    ),
    "panel": combinations(
        {},
        heading=["Booked", HTML, {"text": "Booked", "level": 2, "size": "l"}],
        headingLevel=[None, 2],
        text=[None, HOSTILE],
        html=[None, "<b>K7M4TX</b>"],
        variant=[None, "interruption"],
        classes=[None, "wide"],
    ),
    "summary-list": combinations(
        {},
        rows=[
            [],
            [{"key": "Name", "value": HOSTILE}],
            [{"key": HOSTILE, "value": HTML, "actions": ACTIONS}, {"key": "B", "value": "", "classes": "extra"}],
            [
                {"key": {"text": "A", "classes": "k"}, "value": {"html": "<p>b</p>"}, "actions": {"items": []}},
                {"key": "C", "value": "D", "actions": {"items": ACTIONS["items"] * 2}},
            ],
        ],
        border=[None, False],
        id=[None, "s"],
        classes=[None, "wide"],
        attributes=[None, {"data-x": "y"}],
    ),
    "tag": combinations(
        {}, text=[HOSTILE], html=[None, "<b>x</b>"], colour=[None, "green", "grey"], id=[None, "t"], classes=[None, "w"]
    ),
    "warning-callout": combinations(
        {"visuallyHiddenText": "Atenție"},
        heading=["Extra time", HOSTILE, "Important: allergy"],
        headingLevel=[None, 2],
        text=[None, HOSTILE],
        html=[None, "<p>More</p>"],
        id=[None, "w"],
        classes=[None, "wide"],
    ),
}


@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_a_fast_renderer_gives_the_html_of_the_official_macro(name: str) -> None:
    for params in CASES[name]:
        tidy = components.tidy(params)
        assert normalised(RENDERERS[name](tidy)) == normalised(render_macro(name, tidy)), params


def test_every_case_set_holds_many_parameters() -> None:
    assert set(CASES) == set(RENDERERS)
    assert all(len(cases) >= 8 for cases in CASES.values())


@pytest.mark.parametrize("name", sorted(RENDERERS))
def test_what_a_fast_renderer_does_not_know_goes_to_the_macro(name: str) -> None:
    params = {**components.tidy(CASES[name][0]), "unheardOf": "x"}
    with pytest.raises(UnknownParameterError):
        RENDERERS[name](params)
    assert normalised(components.render_tidy(name, params)) == normalised(render_macro(name, params))


def test_an_icon_in_a_button_comes_from_the_macro() -> None:
    assert "<svg" in components.render("button", {"text": "Search", "icon": "search"})


def test_absent_values_are_left_out_and_lazy_words_become_words() -> None:
    html = components.render("button", {"text": gettext_lazy("Continue"), "name": None, "id": None})
    assert "Continue" in html
    assert "None" not in html


def test_words_that_macros_print_in_english_are_translated() -> None:
    with override("pl"):
        assert str(gettext_lazy("Error")) in components.render("error-message", {"text": "x"})
    assert "Back" in components.render("back-link", {"href": "/"})
    assert "There is a problem" in components.render("error-summary", {"errorList": [{"text": "x"}]})
    assert "Important: " in components.render("warning-callout", {"heading": "Allergy", "text": "x"})


def test_a_heading_written_in_a_template_stands_once() -> None:
    html = Template('{% load nhsuk %}{% nhsuk "warning-callout" heading="Extra time" text="Two places" %}')
    assert html.render(Context()).count("Extra time") == 1
    card = Template('{% load nhsuk %}{% nhsuk "card" heading="Evesham" description="Town hall" %}')
    assert card.render(Context()).count("Evesham") == 1


def test_a_block_component_wraps_html_and_escapes_its_parameters() -> None:
    template = Template(
        "{% load nhsuk %}{% nhsukblock 'details' summary=name %}<p>{{ name }}</p>{% endnhsukblock %}",
    )
    html = template.render(Context({"name": "<b>"}))
    assert "<p>&lt;b&gt;</p>" in html
    assert html.count("&lt;b&gt;") == 2


def test_an_nhs_number_is_shown_in_threes_on_one_line() -> None:
    template = Template("{% load nhsuk %}{{ number|nhs_number }}")
    assert template.render(Context({"number": "9990000018"})) == '<span class="nhsuk-u-nowrap">999 000 0018</span>'
    assert template.render(Context({"number": ""})) == ""
