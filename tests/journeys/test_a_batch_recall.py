"""A batch recall: a warm cool box is noticed, its doses are held; later the whole batch is recalled, and those who had
it are listed, printed and taken along as a file."""

import csv
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import RecordView
from clinics.actions import receive_stock
from immunisations.models import Vaccination
from tests.journeys.walker import Walker
from tests.support.browser import DESKTOP, PHONE, Browsers, Complaints, axe, fits
from tests.support.factories import make_batch
from tests.support.records import AT, Room, make_room

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room(transactional_db: None, clock) -> Room:
    """A clinic of this morning: a batch in the store, two doses of it given last week, and somebody ready for one."""
    clock.move_to(AT)
    room = make_room()
    receive_stock(batch=room.mmrv, doses=40, by=room.nurse, at=AT - timedelta(days=9))
    for name in ("Chloe", "David"):
        room.give(room.ready(room.person(name)))
    room.ready(room.person("Amina"))
    clock.move_to(AT + timedelta(minutes=30))
    return room


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["on a phone", "on a desktop"])
def test_a_warm_cool_box_and_then_a_recall(
    room: Room, browsers: Browsers, complaints: Complaints, size: tuple[int, int]
) -> None:
    # The page that refuses the dose answers 422.
    complaints.expect("status of 422")
    day = f"/clinic-day/{room.session.public_id}/"
    nurse = Walker(browsers(size))
    nurse.signs_in(room.nurse.username)
    nurse.opens(day)
    nurse.follows("Stock")
    nurse.reads("Stock")
    nurse.sees("Given, and not taken from the store")
    nurse.follows("Take stock to the clinic")
    nurse.page.get_by_label("Doses of Priorix-Tetra, TET1").fill("20")
    nurse.presses("Take to the clinic")
    nurse.sees("20 doses taken.")

    # The dose of Amina can be given from it, until the cool box is read.
    nurse.opens(day)
    nurse.follows("KHAN, Amina")
    person = nurse.page.url
    nurse.opens(f"{person}dose/MEASLES/")
    expect(nurse.radio("Priorix-Tetra, TET1")).to_be_visible()
    nurse.chooses("Priorix-Tetra, TET1")
    nurse.chooses("Left upper arm")

    other = Walker(browsers(size))
    other.signs_in(room.nurse.username)
    other.opens(day)
    other.follows("Stock")
    other.follows("Cool box temperature")
    other.sees("Outside that, everything taken to this clinic is quarantined when you save.")
    other.writes(Temperature="12,5")
    other.chooses("During the clinic")
    other.presses("Save")
    other.sees("Quarantined: Priorix-Tetra TET1. Do not give them.", "18 doses held: do not give")

    # The first tablet has not seen it: the page refuses, and the list no longer offers the batch.
    nurse.presses("Save dose")
    nurse.sees("Select a batch", "Priorix-Tetra, TET1, is left out: its doses at this clinic are quarantined.")
    expect(nurse.page.get_by_role("radio", name=re.compile("TET1"))).to_have_count(0)
    assert Vaccination.objects.count() == 2

    # A senior nurse takes advice: they are destroyed. Then the maker recalls the whole batch.
    senior = Walker(browsers(size))
    senior.signs_in(room.senior.username)
    senior.opens(f"{day}stock/")
    senior.follows("Release or destroy: Priorix-Tetra, TET1")
    senior.chooses("They are destroyed")
    senior.writes(Whose_advice="The maker, 10:40am: destroy")
    senior.presses("Save")
    senior.sees("Destroyed: TET1.")
    senior.opens("/coordinate/")
    senior.reads("Co-ordinate")
    senior.follows("Stock of the team")
    senior.follows("TET1")
    senior.follows("Quarantine this batch")
    senior.writes(Why_must_it="Recall EL(26)A/41")
    senior.presses("Quarantine")
    senior.sees("Do not give this batch", "Recall EL(26)A/41")
    senior.follows("List everybody who had it")
    senior.reads("Who had batch TET1")
    senior.sees("2 people had it. 2 doses in all.", "KHAN, Chloe", "KHAN, David")
    assert "Amina" not in senior.page.content()
    assert RecordView.objects.filter(page="batch-recall").count() == 2

    # On paper: the names stand, what only a screen needs does not.
    senior.page.emulate_media(media="print")
    expect(senior.page.get_by_text("KHAN, Chloe")).to_be_visible()
    expect(senior.link("Download as CSV")).to_be_hidden()
    senior.page.emulate_media(media="screen")
    axe(senior.page)
    fits(senior.page)

    with senior.page.expect_download() as download:
        senior.link("Download as CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["First name"] for row in rows] == ["Chloe", "David"]
    assert RecordView.objects.filter(page="batch-recall-file").count() == 2


def test_waste_takes_three_taps(room: Room, browsers: Browsers) -> None:
    """From the list of the day, with several batches there."""
    make_batch(room.team, "priorix", number="PRX9")
    nurse = Walker(browsers(PHONE))
    nurse.signs_in(room.nurse.username)
    nurse.opens(f"/clinic-day/{room.session.public_id}/")
    nurse.taps = 0
    nurse.follows("Stock")
    nurse.follows("Waste: Priorix-Tetra, TET1")
    nurse.presses("Dropped or broken")
    nurse.sees("1 dose of TET1 wasted: dropped or broken.")
    print(f"A dose wasted: {nurse.taps} taps and {nurse.typed} characters.")
    assert nurse.taps <= 3
