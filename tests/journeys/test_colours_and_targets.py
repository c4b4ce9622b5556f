"""Staff read at arm's length and press with gloves on: words of 7:1, and 44 pixels for whatever is pressed."""

import json
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from immunisations.models import Person
from tests.journeys.walker import Walker
from tests.support.browser import Browsers
from tests.support.records import AT, Room, make_room

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]
TABLET = (600, 960)
PHONE = (375, 740)
RULE = "color-contrast-enhanced"
CONTRAST = {"runOnly": [RULE], "rules": {RULE: {"enabled": True}}, "resultTypes": ["violations"], "preload": False}
# What can be pressed and is lower than 44 pixels, also where something unseen around it catches the finger. A link
# within a sentence is as high as its line (WCAG 2.2, success criterion 2.5.5).
SMALL = """() => {
  const small = [];
  for (const each of document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")) {
    if (!each.checkVisibility({ checkVisibilityCSS: true }) || each.closest(".nhsuk-skip-link, [hidden]")) continue;
    const target = each.closest(".nhsuk-radios__item, .nhsuk-checkboxes__item") || each;
    target.scrollIntoView({ block: "center" });
    const box = target.getClientRects()[0];
    const [x, middle] = [box.left + box.width / 2, box.top + box.height / 2];
    const hits = (y) => target.contains(document.elementFromPoint(x, y));
    let high = box.height;
    if (high < 44) {
      let [up, down] = [0, 0];
      while (up < 22 && hits(middle - up)) up += 1;
      while (down < 22 && hits(middle + down)) down += 1;
      high = up + down;
    }
    if (high < 43) small.push(`${target.tagName} ${each.innerText || each.name}: ${high}`);
  }
  return small;
}"""


def can_be_read_and_hit(page: Page) -> None:
    """Assert both of the page as it stands."""
    page.evaluate(AXE_SCRIPT)
    found: list[Any] = page.evaluate(f"axe.run({json.dumps(CONTRAST)}).then(results => results.violations)")
    assert found == [], f"{page.url}: {[(node['html'], node['any'][0]['message']) for node in found[0]['nodes']]}"
    assert page.evaluate(SMALL) == [], page.url


@pytest.fixture
def room(transactional_db: None, clock: Any) -> Room:
    """A clinic with somebody who is here, and somebody with a dose."""
    clock.move_to(AT)
    room = make_room()
    room.give(room.ready(room.person("Amina")))
    room.visit(room.person("Bilal"))
    return room


def test_every_word_and_every_target_is_large_enough_for_staff(room: Room, browsers: Browsers) -> None:
    nurse = Walker(browsers(TABLET))
    nurse.signs_in(room.senior.username)
    day = f"/clinic-day/{room.session.public_id}/"
    amina, bilal = (f"{day}people/{each.public_id}/" for each in Person.objects.order_by("first_name"))
    for path in (day, amina, bilal, f"{bilal}record-check/", f"{day}walk-in/", f"{day}end/", "/clinic-day/follow-ups/"):
        nurse.page.goto(path)
        can_be_read_and_hit(nurse.page)


def test_on_a_telephone_too_the_banner_says_whose_page_it_is_wherever_one_reads(room: Room, browsers: Browsers) -> None:
    nurse = Walker(browsers(PHONE))
    nurse.signs_in(room.nurse.username)
    bilal = Person.objects.get(first_name="Bilal")
    nurse.page.goto(f"/clinic-day/{room.session.public_id}/people/{bilal.public_id}/")
    nurse.page.keyboard.press("End")
    expect(nurse.page.locator(".app-banner")).to_be_in_viewport()
    # At 400% zoom it would leave nothing to read.
    nurse.page.set_viewport_size({"width": 320, "height": 256})
    nurse.page.keyboard.press("End")
    expect(nurse.page.locator(".app-banner")).not_to_be_in_viewport()
