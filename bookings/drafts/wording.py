"""The answers of a draft as a booking takes them: people, contact, and needs in words."""

from collections.abc import Collection
from typing import Any

from bookings.details import Contact, PersonDetails
from bookings.drafts.answers import GP, HOME, WANTED, Answers, PersonAnswers
from clinics.vaccines import series_of

# What a field of the appointment holds (Appointment.support_needs, Booking.support_needs).
LONGEST_NEEDS = 500


def details(answers: Answers, words: dict[str, Any], offered: Collection[str] = ()) -> list[PersonDetails]:
    """Return the people as ``make_booking`` takes them; ``words`` has the words of each need by its code.

    ``offered`` has the codes of Vaccine that the clinic offers: of these, what they want is noted. A date of birth
    known to the month or year is taken as the first day of it, and marked as approximate.
    """
    return [
        PersonDetails(
            first_name=person.first_name,
            last_name=person.last_name,
            date_of_birth=person.birth().earliest,
            date_of_birth_is_approximate=person.birth().exact is None,
            nhs_number=person.nhs_number or "",
            extra_time=person.extra_time,
            support_needs=needs_sentence(person, words)[:LONGEST_NEEDS],
            wanted=tuple(code for code in offered if series_of(code) in (answers.source(person, WANTED).wanted or ())),
            gelatine_free=bool(person.gelatine_free),
            **_where(answers, person),
        )
        for person in answers.people
    ]


def _where(answers: Answers, person: PersonAnswers) -> dict[str, Any]:
    """Return a person's home and GP surgery, as PersonDetails has them."""
    home, gp = answers.source(person, HOME), answers.source(person, GP)
    return {
        "address": home.address,
        "postcode": home.postcode,
        "no_fixed_abode": home.home == "none",
        "gp_registered": gp.gp,
        "gp_surgery": gp.gp_surgery,
    }


def needs_sentence(person: PersonAnswers, words: dict[str, Any]) -> str:
    """Return one person's needs in words: those ticked, then what was written."""
    return _sentence(person.needs, person.needs_words, words) if person.help else ""


def my_needs_sentence(answers: Answers, words: dict[str, Any]) -> str:
    """Return the needs of the person who books in words, and how they want to be told things."""
    return ". ".join(filter(None, (formats_sentence(answers, words), my_help_sentence(answers, words))))


def formats_sentence(answers: Answers, words: dict[str, Any]) -> str:
    """Return in words how the person who books wants to be told things; "" where plain text is enough."""
    # What was written stands for "another way".
    codes = [code for code in answers.formats if code != "other" or not answers.format_words]
    return _sentence(codes, answers.format_words, words)


def my_help_sentence(answers: Answers, words: dict[str, Any]) -> str:
    """Return what help the person who books needs, in words."""
    return _sentence(answers.my_needs, answers.my_words, words) if answers.my_help else ""


def _sentence(codes: list[str] | None, written: str, words: dict[str, Any]) -> str:
    ticked = [str(words[code]) for code in codes or [] if code in words]
    return ". ".join([*ticked, *([written] if written else [])])


def contact(answers: Answers, *, relationship: str, language: str, support_needs: str = "") -> Contact:
    """Return who booked as ``make_booking`` takes it; ``relationship`` in words, ``language`` of the pages."""
    return Contact(
        name=answers.contact_name,
        relationship=relationship,
        phone=answers.mobile or answers.landline,
        # Another number may be a neighbour's mobile: a text to it would open the booking to them.
        texts=bool(answers.mobile),
        email=answers.email,
        language=language,
        spoken_language=answers.spoken_language,
        interpreter_needed=bool(answers.interpreter),
        support_needs=support_needs[:LONGEST_NEEDS],
        letters=bool(answers.letter_address),
        address=answers.letter_address,
        parental_responsibility=answers.parental,
    )
