"""The words of messages: every file renders, says when and where, and gives nothing away."""

import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import TemplateDoesNotExist, engines

from clinics.models import Venue
from clinics.vaccines import Vaccine
from messaging import registry, rendering, texts
from messaging.models import Message

FOLDER = settings.BASE_DIR / "templates" / "messages"
FILES = sorted(path.name for path in FOLDER.glob("*.txt"))

LINK = "https://clinics.example.nhs.uk/booking/m/AbCdEfGhIjKlMnOpQrStUv/"
NHS_NUMBER = "9990000018"
# A Saturday, after the clocks went forward: 10:20am in England.
STARTS_AT = datetime(2026, 4, 4, 9, 20, tzinfo=UTC)


def appointment(first_name: str, hour: int, minute: int) -> SimpleNamespace:
    return SimpleNamespace(
        first_name=first_name,
        last_name="Qureshi-Test",
        nhs_number=NHS_NUMBER,
        starts_at=STARTS_AT.replace(hour=hour, minute=minute),
    )


def context(*people: SimpleNamespace) -> dict[str, Any]:
    team = SimpleNamespace(
        name="Worcestershire immunisation team", phone="01632 960 001", phone_hours="Monday to Friday"
    )
    venue = Venue(
        name="Killingworth Library",
        address="White Swan Centre",
        town="Killingworth",
        postcode="NE12 6SS",
        room="The main hall",
        access="No steps to the room\nFree parking outside",
    )
    return {
        "booking": SimpleNamespace(contact_name="", team=team),
        "reference": "K7M4T XWQ2R",
        "appointments": list(people or [appointment("Amina", 9, 20)]),
        "venue": venue,
        "session": SimpleNamespace(name="Killingworth clinic", date=STARTS_AT.date(), venue=venue),
        "link": LINK,
    }


def emergency(*people: SimpleNamespace) -> dict[str, Any]:
    teams = [SimpleNamespace(name=f"{place} immunisation team") for place in ("Worcestershire", "Tyneside")]
    access = SimpleNamespace(
        user_name="Rosa Okafor", user_team=teams[0], person=SimpleNamespace(team=teams[1]), began_at=STARTS_AT
    )
    return {"access": access, "link": LINK}


# What each purpose's templates are given. A new purpose gets its example here.
EXAMPLES = {
    "emergency_access": emergency,
    "booking_confirmation": context,
    "appointment_cancelled": context,
}


# To staff: they name no patient.
NAMES_NOBODY = {"emergency_access"}


def message(purpose: str, channel: str, language: str = "en-gb") -> Message:
    return Message(purpose=purpose, channel=channel, language=language, subject_id=uuid.uuid4())


def written(purpose: str, channel: str, *people: SimpleNamespace) -> Any:
    return rendering.write(message(purpose, channel), to="somebody", context=EXAMPLES[purpose](*people))


@pytest.fixture
def missing_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a template say which variable it was not given, instead of leaving a hole."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "MISSING %s")


def test_every_registered_purpose_has_words_and_an_example() -> None:
    for purpose in registry.purposes():
        assert any(name.startswith(f"{purpose}.") for name in FILES), f"templates/messages has no words for {purpose}"
        assert purpose in EXAMPLES, f"{purpose} has no example in this file"


@pytest.mark.usefixtures("missing_shows")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("people", [1, 3])
def test_every_file_of_words_renders_whole(name: str, people: int) -> None:
    purpose, channel, _txt = name.split(".")
    assert channel in Message.Channel.values
    family = [appointment("Amina", 9, 20), appointment("Yusuf", 9, 30), appointment("Zo\u00eb", 11, 0)][:people]
    envelope = written(purpose, channel, *family)
    assert "MISSING" not in envelope.subject + envelope.body
    assert "{" not in envelope.body and "\n\n\n" not in envelope.body
    assert LINK in envelope.body
    for person in family:
        assert (person.first_name in envelope.body) == (purpose not in NAMES_NOBODY)


@pytest.mark.parametrize("name", FILES)
def test_no_message_holds_a_surname_an_nhs_number_or_a_contraction(name: str) -> None:
    purpose, channel, _txt = name.split(".")
    envelope = written(purpose, channel, appointment("Amina", 9, 20), appointment("Yusuf", 9, 30))
    said = f"{envelope.subject}\n{envelope.body}"
    assert "Qureshi" not in said and NHS_NUMBER not in said
    assert not re.search(r"\b\w+(n't|'ll|'re|'ve|n\u2019t|\u2019ll|\u2019re|\u2019ve)\b", said)


@pytest.mark.parametrize("name", [name for name in FILES if ".text." in name])
def test_no_text_names_a_vaccine_beside_a_child(name: str) -> None:
    words = (FOLDER / name).read_text().lower()
    assert "vaccine" not in words
    for label in Vaccine.labels:
        for word in re.findall(r"[a-z0-9-]{3,}", str(label).lower()):
            assert word not in set(re.findall(r"[a-z0-9-]{3,}", words)) - {"link"}, word


@pytest.mark.parametrize("name", [name for name in FILES if ".text." in name])
def test_a_text_for_one_person_is_one_part(name: str) -> None:
    envelope = written(name.split(".")[0], "text")
    assert texts.is_gsm(envelope.body)
    assert texts.parts(envelope.body) == 1, f"{len(envelope.body)}: {envelope.body}"


def test_the_confirmation_says_who_when_and_where_in_the_time_of_the_wall_clock() -> None:
    assert written("booking_confirmation", "text").body == (
        f"Amina 10:20am: vaccination Sat 4 Apr, Killingworth Library NE12 6SS. Change or cancel: {LINK}"
    )


def test_the_cancellation_says_first_what_it_is() -> None:
    assert written("appointment_cancelled", "text").body == (
        f"Vaccination cancelled: Amina 10:20am, Sat 4 Apr, Killingworth Library. Book again: {LINK}"
    )


def test_a_name_with_an_apostrophe_arrives_as_it_was_typed() -> None:
    body = written("booking_confirmation", "email", appointment("D'Arcy & <Co>", 9, 20)).body
    assert "D'Arcy & <Co>: 10:20am" in body


def test_an_email_has_its_subject_and_its_words_apart() -> None:
    envelope = written("booking_confirmation", "email")
    assert envelope.subject == "Your vaccination booking for Saturday 4 April 2026"
    assert envelope.body.startswith("Dear parent or carer\n\nYou have booked a vaccination appointment.\n")
    assert "K7M4T XWQ2R" in envelope.body and "No steps to the room\nFree parking outside\n" in envelope.body


def test_an_email_template_without_a_subject_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "odd.email.txt").write_text("Dear all")
    monkeypatch.setattr(engines["django"].engine, "dirs", [tmp_path])
    engines["django"].engine.template_loaders[0].reset()
    with pytest.raises(ValueError, match="must begin with"):
        rendering.write(message("odd", "email"), to="a@example.com", context={})


def test_a_purpose_without_words_for_a_channel_says_so() -> None:
    with pytest.raises(TemplateDoesNotExist):
        rendering.write(message("booking_confirmation", "letter"), to="1 High Street", context=context())
