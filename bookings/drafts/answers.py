"""What somebody has answered so far on the public pages."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from bookings.models import Draft
from clinics.places import Need
from nhsuk.forms import PartialDate

# Older than this is possible, and more often a slip in the year: the page asks once.
SURPRISING_AGE = 25
MYSELF = "myself"
# In place of an answer of their own: "the same as the first person".
SAME = "same"
# What is asked about the first person and is mostly the same for the others.
WANTED, HOME, GP = "wanted", "home", "gp"


@dataclass
class PersonAnswers:
    """What was answered about one person who is coming."""

    first_name: str = ""
    last_name: str = ""
    # "2020-03-27", or "2020-03" or "2020" where the day is not known.
    born: str = ""
    age_confirmed: bool = False
    # Codes of Series; None until asked, none where we are to check what is needed, SAME alone for as the first person.
    wanted: list[str] | None = None
    # Whether they asked for a vaccine without gelatine; None until asked.
    gelatine_free: bool | None = None
    # "ours", "staying", "none" or "unsaid", or SAME; "" until asked.
    home: str = ""
    address: str = ""
    postcode: str = ""
    # As Appointment.gp_registered, or SAME; "" until asked.
    gp: str = ""
    gp_surgery: str = ""
    # None until asked; "" where it is not known.
    nhs_number: str | None = None
    # Extra help is wanted for this person.
    help: bool = False
    # None until asked.
    needs: list[str] | None = None
    needs_words: str = ""

    @property
    def extra_time(self) -> bool:
        """Whether a longer appointment was asked for."""
        return self.help and "extra_time" in (self.needs or [])

    def birth(self) -> PartialDate:
        """Return the date of birth as it was given."""
        return PartialDate.parse(self.born)

    def age(self, on: date) -> int:
        """Return how many whole years old the person is, or at most is, on a day."""
        born = self.birth().earliest
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    def keep_born(self, born: str) -> None:
        """Keep when the person was born; what was confirmed of another date is not of this one."""
        if born != self.born:
            self.born, self.age_confirmed = born, False

    def surprises(self, on: date) -> bool:
        """Whether the year of birth is more often a slip than right, and nobody has confirmed it."""
        return bool(self.born) and self.age(on) > SURPRISING_AGE and not self.age_confirmed

    def name(self) -> str:
        """Return the full name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass
class Answers:
    """Everything that was answered, in the order of the pages."""

    people: list[PersonAnswers] = field(default_factory=list)
    # "Nobody else is coming" was answered.
    complete: bool = False
    # The clinics near this place were looked at: an outward code or a town.
    near: str = ""
    # Whether the others are as the first person, for each of WANTED, HOME and GP that was asked.
    same: dict[str, bool] = field(default_factory=dict)
    # What the people come for was not asked: the clinic offered one thing. Another clinic may offer more.
    wanted_unasked: bool = False
    # What the question about gelatine was settled for: clinic, births and vaccines. "" once it has to be asked again.
    gelatine_settled: str = ""
    interpreter: bool | None = None
    spoken_language: str = ""
    # How the person who books wants to be told things, besides plain text.
    formats: list[str] = field(default_factory=list)
    format_words: str = ""
    help_wanted: bool | None = None
    # The person who books wants help too; their needs are None until asked.
    my_help: bool = False
    my_needs: list[str] | None = None
    my_words: str = ""
    # The clinic and birth dates for which it was checked that everybody is old enough.
    ages_checked: str = ""
    # The needs for which times are kept; other needs want other times.
    held_for: list[bool] = field(default_factory=list)
    split: bool = False
    # Everybody's times, as ISO 8601 in UTC, in the order of the people.
    times: list[str] = field(default_factory=list)
    # The time that somebody else had just taken, as ISO 8601 in UTC.
    gone: str = ""
    # For what times they wait: ids of "venues", "weekdays", "parts" of the day. Nothing until asked.
    waiting: dict[str, Any] = field(default_factory=dict)
    relationship: str = ""
    contact_name: str = ""
    # As Booking.parental_responsibility; "" until asked.
    parental: str = ""
    contact_by: list[str] | None = None
    mobile: str = ""
    mobile_typed: str = ""
    email: str = ""
    landline: str = ""
    landline_typed: str = ""
    # The email address whose spelling was asked about.
    email_checked: str = ""
    # Where a letter goes, for whoever has neither mobile nor email.
    letter_address: str = ""
    # They answered quicker than people do, and were asked to press the button again.
    asked_again: bool = False

    def source(self, person: PersonAnswers, topic: str) -> PersonAnswers:
        """Return whose answer on WANTED, HOME or GP holds for a person: their own, or the first one's."""
        if person is self.people[0]:
            return person
        own = getattr(person, topic)
        return self.people[0] if self.same.get(topic, True) or own in (SAME, [SAME]) else person

    def asked_about_gelatine(self) -> bool:
        """Whether anybody was asked about gelatine."""
        return any(person.gelatine_free is not None for person in self.people)

    def remove(self, number: int) -> None:
        """Take a person out, counted from 1. Whoever then is the first keeps what they shared with the first before."""
        if number == 1:
            following = self.people[1]
            for topic, also in ((WANTED, ()), (HOME, ("address", "postcode")), (GP, ("gp_surgery",))):
                held = self.source(following, topic)
                for name in (topic, *also):
                    setattr(following, name, getattr(held, name))
        del self.people[number - 1]

    def extra_times(self) -> list[bool]:
        """Return, for each person, whether a longer appointment was asked for."""
        return [person.extra_time for person in self.people]

    def needs(self) -> list[Need]:
        """Return what the people need in places."""
        return [Need(extra_time=extra) for extra in self.extra_times()]


def read(draft: Draft) -> Answers:
    """Return the draft's answers."""
    known = {each.name for each in fields(Answers)}
    stored = {name: value for name, value in draft.answers.items() if name in known}
    of_person = {each.name for each in fields(PersonAnswers)}
    stored["people"] = [
        PersonAnswers(**{name: value for name, value in person.items() if name in of_person})
        for person in stored.get("people", [])
    ]
    return Answers(**stored)
