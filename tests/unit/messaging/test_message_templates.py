"""The words of messages: every file renders, says when and where, and gives nothing away."""

import itertools
import re
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.template import TemplateDoesNotExist, engines

from bookings.messages_after import NextDose
from bookings.messages_text import fitted
from clinics.models import Venue
from clinics.vaccines import Series, Vaccine
from immunisations.aftercare import PROTECTS_AGAINST, aftercare
from immunisations.models import Vaccination
from messaging import registry, rendering, texts
from messaging.models import Message

FOLDER = settings.BASE_DIR / "templates" / "messages"
FILES = sorted(path.name for path in FOLDER.glob("*.txt"))
LANGUAGES = [code for code, _name in settings.LANGUAGES]

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


TEAM = SimpleNamespace(
    name="Worcestershire immunisation team", phone="01632 960 001", phone_hours="Monday to Friday", email=""
)
VENUE = Venue(
    name="Killingworth Library",
    address="White Swan Centre",
    town="Killingworth",
    postcode="NE12 6SS",
    room="The main hall",
    access="No steps to the room\nFree parking outside",
)
SESSION = SimpleNamespace(name="Killingworth clinic", date=STARTS_AT.date(), venue=VENUE)
STOP_LINK = "https://clinics.example.nhs.uk/stop/AbCdEfGhIjKlMnOpQrStUv/"


def context(*people: SimpleNamespace) -> dict[str, Any]:
    appointments = list(people or [appointment("Amina", 9, 20)])
    return {
        "booking": SimpleNamespace(contact_name="", team=TEAM),
        "team": TEAM,
        "own": False,
        "reference": "K7M4T XWQ2R",
        "appointments": appointments,
        "days": [{"session": SESSION, "venue": VENUE, "people": appointments}],
        "venue": VENUE,
        "session": SESSION,
        "link": LINK,
        "stop_link": STOP_LINK,
    }


def offer(*people: SimpleNamespace) -> dict[str, Any]:
    made = SimpleNamespace(starts_at=STARTS_AT, expires_at=STARTS_AT.replace(day=2))
    kept = {"offer": made, "people": len(people) or 1, "team": TEAM, "venue": VENUE, "session": SESSION, "link": LINK}
    return {**kept, "own": False}


def wait_over(*people: SimpleNamespace) -> dict[str, Any]:
    return {"team": TEAM, "has_times": len(people) > 1, "link": LINK, "own": False}


def waited_for(*people: SimpleNamespace) -> dict[str, Any]:
    other = len(people) > 1
    more = {"venue": VENUE, "session": SESSION, "kept": other, "ahead": other, "clinics_link": LINK}
    return wait_over(*people) | more


def opening(*people: SimpleNamespace) -> dict[str, Any]:
    near = {"place": "Killingworth", "team": TEAM, "venue": VENUE, "session": SESSION, "link": LINK, "own": False}
    return {**near, "stop_link": STOP_LINK}


def after_visit(*people: SimpleNamespace) -> dict[str, Any]:
    given = [
        Vaccination(
            vaccine=vaccine,
            product_name=product,
            batch_number=batch,
            given_on=STARTS_AT.date(),
        )
        for vaccine, product, batch in (("MMRV", "ProQuad", "A23456"), ("6IN1", "Infanrix hexa", "B7788"))
    ]
    care = aftercare([row.vaccine for row in given], could_be_pregnant=False)
    following = [NextDose(Series.MEASLES.label, date(2026, 5, 2))]
    return {
        "name": "Amina",
        "own": False,
        "team": TEAM,
        "venue": VENUE,
        "session": SESSION,
        "on": STARTS_AT.date(),
        "given": given,
        "protects": [(row, PROTECTS_AGAINST[row.vaccine]) for row in given],
        "following": following,
        "next_on": following[0].on,
        "afterwards": care.afterwards,
        "get_help": care.get_help,
        "link": LINK,
        "stop_link": STOP_LINK,
    }


def emergency(*people: SimpleNamespace) -> dict[str, Any]:
    teams = [SimpleNamespace(name=f"{place} immunisation team") for place in ("Worcestershire", "Tyneside")]
    access = SimpleNamespace(
        user_name="Rosa Okafor", user_team=teams[0], person=SimpleNamespace(team=teams[1]), began_at=STARTS_AT
    )
    return {"access": access, "link": LINK}


def replaced(*people: SimpleNamespace) -> dict[str, Any]:
    return {"team": TEAM}


# What each purpose's templates are given. A new purpose gets its example here.
EXAMPLES = {
    "emergency_access": emergency,
    "booking_confirmation": context,
    "appointment_cancelled": context,
    "booking_changed": context,
    "clinic_cancelled": context,
    "reminder_week": context,
    "reminder_day": context,
    "waiting_list_offer": offer,
    "waiting_list_over": wait_over,
    "waiting_list_cancelled": waited_for,
    "clinic_opening": opening,
    "after_visit": after_visit,
    "contact_replaced": replaced,
}


# To staff: they name no patient.
NAMES_NOBODY = {
    "emergency_access",
    "waiting_list_offer",
    "waiting_list_over",
    "waiting_list_cancelled",
    "clinic_opening",
}
# To whoever has the address now: of nobody, and without a link.
OF_NOTHING = {"contact_replaced"}
# About one person alone, and without a link in its text: what was given says itself.
ABOUT_ONE = {"after_visit"}


def message(purpose: str, channel: str, language: str = "en-gb") -> Message:
    return Message(purpose=purpose, channel=channel, language=language, subject_id=uuid.uuid4())


def written(purpose: str, channel: str, *people: SimpleNamespace, language: str = "en-gb") -> Any:
    return fitted(message(purpose, channel, language), to="somebody", context=EXAMPLES[purpose](*people))


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
    if purpose in ABOUT_ONE:
        assert ("Amina" in envelope.body) == (channel != "text")
        return
    if purpose in OF_NOTHING:
        assert "http" not in envelope.body and not any(each.first_name in envelope.body for each in family)
        assert TEAM.phone in envelope.body
        return
    assert LINK in envelope.body
    if channel != "text":
        for person in family:
            assert (person.first_name in envelope.body) == (purpose not in NAMES_NOBODY)


@pytest.mark.usefixtures("missing_shows")
def test_every_file_of_words_renders_in_every_language() -> None:
    for name, language in itertools.product(FILES, LANGUAGES):
        purpose, channel, _txt = name.split(".")
        envelope = written(purpose, channel, language=language)
        assert "MISSING" not in envelope.subject + envelope.body and "%(" not in envelope.body, name
        if channel == "text":
            # Beyond the default alphabet a part holds 67 characters instead of 153.
            assert texts.parts(envelope.body) <= (2 if texts.is_gsm(envelope.body) else 4), (name, envelope.body)


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
@pytest.mark.parametrize("people", [1, 4])
def test_a_text_is_one_part_however_many_are_booked(name: str, people: int) -> None:
    names = ("Amina", "Maximiliana-Alexandrina Theodora", "Yusuf", "Zo\u00eb")[:people]
    envelope = written(name.split(".")[0], "text", *[appointment(each, 9, 10 * at) for at, each in enumerate(names)])
    assert texts.is_gsm(envelope.body)
    assert texts.parts(envelope.body) == 1, f"{len(envelope.body)}: {envelope.body}"


def test_whoever_had_an_address_that_was_replaced_hears_whom_to_tell_and_of_whom_the_word_is() -> None:
    assert written("contact_replaced", "text").body == (
        "The contact details of a vaccination booking were changed. "
        "If you did not ask for this, phone 01632 960 001. From Worcestershire immunisation team"
    )
    for known, said in (
        ({"name": "A" * 100, "phone": "01632 960 001"}, "phone 01632 960 001."),
        ({"name": "Vale team", "phone": "", "email": "vale@example.com"}, "write to vale@example.com. From Vale team"),
        ({"name": "Vale team", "phone": "", "email": ""}, "tell Vale team. From Vale team"),
    ):
        words = fitted(message("contact_replaced", "text"), to="x", context={"team": SimpleNamespace(**known)}).body
        assert words.endswith(said) and texts.parts(words) == 1


def test_the_confirmation_says_who_when_and_where_in_the_time_of_the_wall_clock() -> None:
    assert written("booking_confirmation", "text").body == (
        f"Amina 10:20am: vaccination Sat 4 Apr, Killingworth Library NE12 6SS. Change or cancel: {LINK}"
    )


def test_the_cancellation_says_first_what_it_is() -> None:
    assert written("appointment_cancelled", "text").body == (
        f"Vaccination cancelled: Amina 10:20am, Sat 4 Apr, Killingworth Library NE12 6SS. Book again: {LINK}"
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
        rendering.write(message("reminder_day", "letter"), to="1 High Street", context=context())
