"""The counter counts what hands do, and each target is missed by a way that is a little worse."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from tests.effort.counter import TARGETS, Counter, Effort, Table, Target
from tests.support.browser import PHONE, Browsers


def best(target: Target) -> Effort:
    """Return an effort that just reaches a target."""
    return Effort(target.taps or 0, target.characters or 0, target.pages or 0)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.task)
def test_each_target_is_reached_at_its_limit_and_missed_by_one_more(target: Target) -> None:
    assert target.missed(best(target), target.must) == []
    for name in ("taps", "characters", "pages"):
        if getattr(target, name) is not None:
            worse = replace(best(target), **{name: getattr(best(target), name) + 1})
            assert target.missed(worse, target.must), name
    if target.seconds is not None:
        assert target.missed(replace(best(target), facts=int(target.seconds)), target.must)


@pytest.mark.parametrize("target", [each for each in TARGETS if each.must], ids=lambda target: target.task)
def test_no_target_is_reached_by_leaving_something_out(target: Target) -> None:
    for act in target.must:
        done = [each for each in target.must if each != act]
        assert target.missed(Effort(), done) == [f"{target.task}: left out {act}"]


def test_every_target_has_a_limit() -> None:
    assert all(target.missed(Effort(999, 999, 999, 999), target.must) for target in TARGETS)
    table = Table()
    table.add(TARGETS[0], Effort(taps=99), TARGETS[0].must)
    assert "MISSED" in str(table) and "| 99 |" in str(table)


PAGE = """<!doctype html><title>A page</title><form>
<label for="first">First</label><input id="first">
<input id="a" type="radio" name="x"><label for="a">A</label>
<button type="button">Press</button></form>"""


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_taps_and_characters_are_counted_as_hands_make_them(browsers: Browsers) -> None:
    page = browsers(PHONE)
    counter = Counter(page)
    page.goto(f"data:text/html,{quote(PAGE)}")
    counter.begin()
    page.get_by_label("First").click()
    page.keyboard.type("Amina")
    assert (counter.effort.taps, counter.effort.characters) == (0, 5), "a field one writes in is counted by its text"
    page.get_by_text("A", exact=True).click()
    page.get_by_role("button").click()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert counter.effort.taps == 3, "a label, a button, and the button by its key"
    page.evaluate("document.querySelector('button').click(); document.querySelector('#first').value = 'Bilal'")
    assert (counter.effort.taps, counter.effort.characters) == (3, 5), "what a script does is nobody's effort"
    page.reload()
    assert counter.effort.pages == 1
