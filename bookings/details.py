"""What a booking is made of, whichever door it came through."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """One person to be booked, as the contact gave their details; only a first name and a birth date are needed."""

    first_name: str
    date_of_birth: date
    last_name: str = ""
    date_of_birth_is_approximate: bool = False
    nhs_number: str = ""
    postcode: str = ""
    no_fixed_abode: bool = False
    gelatine_free: bool = False
    extra_time: bool = False
    support_needs: str = ""
    address: str = ""
    # As Appointment.gp_registered; "" where it was not asked.
    gp_registered: str = ""
    gp_surgery: str = ""
    # Codes of Vaccine; none where the contact asked us to check what is needed.
    wanted: tuple[str, ...] = ()

    def as_fields(self) -> dict[str, Any]:
        """Return the fields of an appointment."""
        return {**asdict(self), "wanted": list(self.wanted)}


@dataclass(frozen=True, slots=True)
class Contact:
    """Who booked and how to reach them, if at all.

    ``phone`` is E.164, or empty; ``texts`` says whether it may be texted. ``language`` is that of the pages they used.
    """

    name: str = ""
    relationship: str = ""
    phone: str = ""
    texts: bool = True
    email: str = ""
    language: str = "en-gb"
    spoken_language: str = ""
    interpreter_needed: bool = False
    support_needs: str = ""
    # For whoever has neither mobile nor email and wants the details on paper.
    letters: bool = False
    address: str = ""
    # As Booking.parental_responsibility; "" where it was not asked.
    parental_responsibility: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """How the contact of a booking is reached, as ``Contact`` has it."""

    phone: str = ""
    texts: bool = True
    email: str = ""
    letters: bool = False
    address: str = ""

    def as_fields(self) -> dict[str, Any]:
        """Return the fields of a booking."""
        return asdict(self)
