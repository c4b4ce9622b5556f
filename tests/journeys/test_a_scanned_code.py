"""A family's QR code is read by a tablet's camera, by a scanner that types, and not at all where nobody allows it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer
from qrcode.main import QRCode

from bookings.models import Appointment
from tests.journeys.conftest import Evesham
from tests.journeys.walker import Walker
from tests.support.browser import FLAGS, STORY_SECONDS, Complaints, axe, find_chromium, fits, listen
from tests.support.factories import MORNING, book, child
from tests.support.not_run import leave_out

pytestmark = [pytest.mark.journey, pytest.mark.once]
CAMERA = (640, 480)


def film_of(text: str, path: Path) -> None:
    """Write what a camera sees that a QR code is held in front of: two frames of raw pictures (YUV4MPEG2)."""
    code = QRCode(border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    width, height = CAMERA
    size = (height - 40) // len(rows)
    left, top = (width - size * len(rows)) // 2, (height - size * len(rows)) // 2
    picture = bytearray(b"\xc8" * (width * height))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            shade = bytes([16 if dark else 235]) * size
            for line in range(size):
                start = (top + y * size + line) * width + left + x * size
                picture[start : start + size] = shade
    colours = b"\x80" * (width * height // 2)
    frame = b"FRAME\n" + bytes(picture) + colours
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 2)


@contextmanager
def tablet(address: str, film: Path, *, allowed: bool = True) -> Iterator[Page]:
    """Open a tablet whose camera sees ``film``; ``allowed`` says whether the browser lets the page use it."""
    executable = find_chromium()
    if executable is None:
        leave_out("the stories of the camera, for want of Chromium")
    flags = FLAGS + (["--no-sandbox"] if os.geteuid() == 0 else [])
    flags += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    flags += ["--use-fake-ui-for-media-stream" if allowed else "--deny-permission-prompts"]
    complaints = Complaints()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=STORY_SECONDS * 1000)
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        context = browser.new_context(base_url=address, viewport={"width": 600, "height": 960}, locale="en-GB")
        page = context.new_page()
        listen(page, complaints)
        yield page
        browser.close()
    assert not complaints.unexpected(), complaints.unexpected()


def test_the_camera_reads_a_familys_code_and_one_tap_marks_them_as_arrived(
    evesham: Evesham, live_server: LiveServer, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    made = book(evesham.session, child("Amina"), child("Bilal"))
    clock.move_to(MORNING)
    film = tmp_path / "code.y4m"
    film_of(f"{live_server.url}/booking/m/{made.link_token}/", film)
    with tablet(live_server.url, film) as page:
        desk = Walker(page)
        desk.signs_in("nora")
        desk.opens("/clinic-day/")
        with page.expect_navigation(url=re.compile("/search/$")):
            desk.button("Scan a QR code").click()
        desk.look()
        desk.sees("2 people found.", "Arrive all 2 Khan children")
        expect(desk.button("Arrive all 2 Khan children")).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        desk.sees("2 people marked as arrived.")
        assert Appointment.objects.filter(visit__isnull=False).count() == 2
        # A scanner types the address and Enter into the same box.
        box = page.get_by_role("textbox", name="Find a person")
        box.focus()
        with page.expect_navigation():
            page.keyboard.type(f"{live_server.url}/booking/m/{made.link_token}/\n")
        desk.sees("2 people found.", "Found by QR code")


def test_without_leave_to_use_the_camera_a_sentence_says_what_to_do(
    evesham: Evesham, live_server: LiveServer, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    clock.move_to(MORNING)
    film = tmp_path / "nothing.y4m"
    film_of("nothing of ours", film)
    with tablet(live_server.url, film, allowed=False) as page:
        desk = Walker(page)
        desk.signs_in("nora")
        desk.opens("/clinic-day/")
        desk.button("Scan a QR code").click()
        expect(page.get_by_role("dialog")).to_contain_text("The camera cannot be used.")
        axe(page)
        fits(page)
        page.get_by_role("button", name="Close without scanning").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(desk.button("Scan a QR code")).to_be_focused()
