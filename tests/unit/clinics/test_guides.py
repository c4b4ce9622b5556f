"""The texts of guides: their marks, their files, and the rules of plain words."""

import re

import pytest
from django.conf import settings

from clinics.guides import marks
from clinics.guides.files import FOLDER, files, read
from clinics.vaccines import Vaccine

pytestmark = pytest.mark.once
HEAD = """+++
edition = 1
title = "T"
summary = "S"
source = "B"
reviewed_on = 2026-11-20
review_by = 2027-11-20
+++
"""
LANGUAGES = {code for code, _name in settings.LANGUAGES} | {"en-gb", "pl", "ro", "ur", "ar"}
WANTED = {
    "mmr-and-mmrv",
    "6-in-1",
    "ingredients-and-gelatine",
    "side-effects",
    "catching-up",
    "at-the-clinic",
    "how-records-are-checked",
    "privacy",
}
ENGLISH = [file for file in files() if file.language == "en-gb"]


def test_a_text_is_shown_with_its_headings_lists_and_links() -> None:
    html = marks.render("## When\n\nSoon.\n\n- one\n- [two](/guides/side-effects/)\n\n1. first")
    assert "<h2>When</h2>" in html and "<p>Soon.</p>" in html and "<li>one</li>" in html and "<ol>" in html
    assert '<a href="/guides/side-effects/">two</a>' in html


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<b onclick='x'>", "&lt;", "![x](/a)", "`<i>`", "[x]: javascript:alert(1)", "<!-- x"],
)
def test_no_html_of_a_text_reaches_the_page(text: str) -> None:
    assert not re.search(r"<(?!/?(p|h2|h3|ul|ol|li)>)", marks.render(text))


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "https://example.com/",
        "//example.com/",
        "/coordinate/",
        "/admin/",
        "/queue/7d0e1d58-3c4f-4d2e-9d4e-6f0c6f6f6f6f/",
        "/guides/side-effects",
        "nowhere",
        "/" + "x" * 5000,
    ],
)
def test_a_link_elsewhere_is_shown_as_its_words_and_named_as_a_problem(target: str) -> None:
    text = f"Before [the words]({target}) and [a page](/clinics/)."
    assert "<a" not in marks.render(text).replace('<a href="/clinics/">', "") and "the words" in marks.render(text)
    if "script" not in target:
        # A script is no link at all to the reader of marks.
        assert len(marks.problems(text)) == 1


def test_the_titles_of_a_text_stand_under_the_title_of_the_page() -> None:
    assert marks.render("# A\n\n#### B") == "<h2>A</h2>\n<h3>B</h3>\n"


def test_every_guide_that_was_promised_is_there_in_english() -> None:
    assert {file.slug for file in ENGLISH} == WANTED
    assert len({file.position for file in ENGLISH}) == len(WANTED)


@pytest.mark.parametrize("file", files(), ids=lambda file: f"{file.slug}.{file.language}")
def test_a_file_fits_what_it_is_for(file) -> None:
    assert file.language in LANGUAGES
    assert file.slug in WANTED and file.edition >= 1
    assert len(file.text.title) <= 120 and len(file.text.summary) <= 300 and len(file.text.source) <= 300
    assert file.text.reviewed_on < file.text.review_by
    assert not marks.problems(file.text.body)
    for link in re.findall(r"\(/guides/([^)/]*)/?\)", file.text.body):
        assert link in WANTED


@pytest.mark.parametrize("file", ENGLISH, ids=lambda file: file.slug)
def test_the_english_text_is_plain(file) -> None:
    text = f"{file.text.title}. {file.text.summary}\n{file.text.body}"
    plain = re.sub(r"\]\([^)]*\)", "", text)
    assert not re.search(r"(?i)\w['’](t|re|ll|ve|d|m)\b|\b(it|that|there|here|what|who|let|he|she)['’]s\b", plain)
    assert not re.search(r"\b(jab|immunisation|eg|ie|etc|carer's|AM|PM)\b", plain), "a word nobody needs"
    sentences = [each for each in re.split(r"[.!?:]\s|\n+", plain) if each.strip(" -#")]
    words = [len(each.split()) for each in sentences]
    assert sum(words) / len(words) <= 15 and max(words) <= 36, sentences[words.index(max(words))]


@pytest.mark.parametrize(
    "content", ["", "no head", HEAD, HEAD.replace('title = "T"\n', "") + "x", HEAD.replace("+++", "extra = 1\n+++", 1)]
)
def test_a_file_of_another_form_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match=r"privacy\.pl\.md|unpack"):
        read("privacy.pl.md", content)


def test_what_is_said_of_gelatine_is_what_the_list_of_products_says() -> None:
    from clinics.reference import products

    text = next(file.text.body for file in ENGLISH if file.slug == "ingredients-and-gelatine")
    for product in products():
        if product["vaccine"] in (Vaccine.MMR, Vaccine.MMRV, Vaccine.SIX_IN_ONE) and product["in_use"]:
            if product["contains_gelatine"]:
                assert f"{product['name']} has gelatine from pigs" in text
            else:
                assert re.search(rf"{product['name']}\b[^.]* ha(s|ve) no gelatine", text), product["name"]


def test_every_file_is_one_of_a_guide() -> None:
    assert len(files()) == len(list(FOLDER.glob("*")))
