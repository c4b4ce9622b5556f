"""One person on a list of the clinic day: what a row says of them, and what it says while names are hidden."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bookings.models import Appointment, Booking, ListEntry
from clinics.vaccines import Series, Vaccine, series_of
from clinics.words import clock
from immunisations.ages import age_in_words, years_between
from immunisations.models import Person, Visit
from immunisations.outcomes import COLOURS, Outcome


@dataclass(frozen=True)
class Flag:
    """Something that whoever sees the person has to know beforehand."""

    words: str
    colour: str = "yellow"


@dataclass
class DayRow:
    """One person on the day's list: expected, here, seen, or not come."""

    appointment: Appointment | None
    visit: Visit | None
    person: Person | None
    outcome: Outcome
    today: date
    given: tuple[str, ...] = ()
    why: tuple[str | Promise, ...] = ()
    # Whether they asked, as a young person, that parents are not told. The list says no more than that.
    private: bool = False
    # Their place on the list of a closed clinic.
    entry: ListEntry | None = None
    # Which of those who wait they are, from 1; None for somebody who does not wait.
    number: int | None = None
    # The vaccines of this clinic that their record alone says are due.
    due: tuple[str, ...] = ()
    # Whether an answer to a health question waits for a vaccinator to read it.
    to_read: bool = False
    # When somebody who waits after a dose may leave, in words.
    leaving: str = ""
    # In a search: whose record it is of somebody who is booked and not matched to it yet.
    record: Person | None = None
    # Whether the screen faces a queue: then nothing that says who it is stands on it.
    hidden: bool = False

    @property
    def booking(self) -> Booking | None:
        return self.appointment.booking if self.appointment else None

    @property
    def _named(self) -> Person | Appointment:
        named = self.person or self.appointment
        if named is None:
            raise ValueError("a row is about a person or an appointment")
        return named

    @property
    def key(self) -> str:
        """What the row is called on the page, through all its sections: an appointment that arrives keeps it."""
        thing = self.appointment or self.entry or self.visit or self._named
        return f"row-{thing.public_id}"

    @property
    def list_name(self) -> str:
        return self._named.list_name

    @property
    def initials(self) -> str:
        """The first letters of the name, all that may stand where a queue can read it."""
        return initials(self.first_name, self.last_name)

    @property
    def shown_name(self) -> str:
        """The name, or the initials while names are hidden."""
        return self.initials if self.hidden else self.list_name

    @property
    def first_name(self) -> str:
        return self._named.first_name

    @property
    def last_name(self) -> str:
        return self._named.last_name

    @property
    def date_of_birth(self) -> date:
        return self._named.date_of_birth

    @property
    def age(self) -> str:
        return age_in_words(self.date_of_birth, self.today)

    @property
    def nhs_number(self) -> str:
        return self._named.nhs_number

    @property
    def postcode(self) -> str:
        return self._named.postcode

    @property
    def place(self) -> str:
        """What tells two people of one name apart: the first line of the address, or the postcode."""
        address = self.person.address if self.person else ""
        return address.splitlines()[0].strip() if address.strip() else self.postcode

    @property
    def starts_at(self) -> datetime | None:
        """The booked time; None for somebody who walked in."""
        return self.appointment.starts_at if self.appointment else None

    @property
    def colour(self) -> str:
        return COLOURS[self.outcome]

    @property
    def with_whom(self) -> str:
        """Who is seeing them now, or paused it."""
        if self.visit is None or self.outcome not in (Outcome.IN_PROGRESS, Outcome.PAUSED):
            return ""
        return str(self.visit.started_by or "")

    @property
    def flags(self) -> list[Flag]:
        found = flags_of(self.appointment, self.person, private=self.private, entry=self.entry)
        if self.to_read:
            found.insert(0, Flag(_("Health answer to read"), "orange"))
        return found


# For somebody too young to consent: what the contact said about who comes along.
PARENT_IS_AWAY: dict[str, str] = {
    Booking.ParentalResponsibility.NO: gettext_noop("Phone a parent: nobody with parental responsibility comes"),
    Booking.ParentalResponsibility.NOT_SURE: gettext_noop("Not sure that somebody with parental responsibility comes"),
}


def asked_for(appointment: Appointment) -> str:
    """Return the courses that the contact asked for, in words; "" where we are to check what is needed."""
    known = [code for code in appointment.wanted if code in Vaccine]
    return ", ".join(str(Series(each).label) for each in dict.fromkeys(series_of(code) for code in known))


def said_when_booking(appointment: Appointment | None) -> list[str]:
    """Return where somebody lives and with which GP surgery they are, as the booking says it; nothing not asked."""
    if appointment is None:
        return []
    said = []
    home = ", ".join([*appointment.address.splitlines(), *([appointment.postcode] if appointment.postcode else [])])
    if home:
        said.append(_("Home: %(home)s") % {"home": home})
    elif appointment.no_fixed_abode:
        said.append(_("No fixed address"))
    if appointment.gp_surgery:
        said.append(_("GP surgery: %(surgery)s") % {"surgery": appointment.gp_surgery})
    elif appointment.gp_registered == Appointment.GpRegistered.NO:
        said.append(_("No GP surgery"))
    elif appointment.gp_registered == Appointment.GpRegistered.NOT_SURE:
        said.append(_("Not sure about a GP surgery"))
    return said


def initials(first_name: str, last_name: str) -> str:
    """Return the first letters of a name: "A. K."."""
    return " ".join(f"{name.strip()[:1].upper()}." for name in (first_name, last_name) if name.strip())


def flags_of(
    appointment: Appointment | None,
    person: Person | None,
    *,
    private: bool = False,
    entry: ListEntry | None = None,
) -> list[Flag]:
    """Return what the booking, the list and the person's own record ask staff to know."""
    # One plain word: a queue may read the list too.
    flags = [Flag(_("Private"), "grey")] if private else []
    if appointment and appointment.running_late_at and appointment.visit_id is None:
        flags.append(Flag(_("Running late, said at %(time)s") % {"time": clock(appointment.running_late_at)}, "orange"))
    booking = appointment.booking if appointment else None
    interpreter = (booking is not None and booking.interpreter_needed) or (
        person is not None and person.interpreter_needed
    )
    language = (booking.spoken_language if booking else "") or (person.language if person else "")
    if interpreter:
        words = _("Interpreter: %(language)s") % {"language": language} if language else _("Interpreter")
        flags.append(Flag(words, "orange"))
    elif language:
        flags.append(Flag(_("Speaks %(language)s") % {"language": language}, "white"))
    if appointment and appointment.extra_time:
        flags.append(Flag(_("Extra time"), "orange"))
    if appointment and appointment.gelatine_free:
        flags.append(Flag(_("Gelatine-free"), "orange"))
    if booking and booking.parental_responsibility in PARENT_IS_AWAY:
        flags.append(Flag(_(PARENT_IS_AWAY[booking.parental_responsibility]), "orange"))
    if appointment and appointment.wanted:
        flags.append(Flag(_("Asked for %(vaccines)s") % {"vaccines": asked_for(appointment)}, "white"))
    notes = [
        booking.support_needs if booking else "",
        appointment.support_needs if appointment else "",
        entry.note if entry else "",
        person.note if person else "",
    ]
    flags += [Flag(note, "yellow") for note in dict.fromkeys(notes) if note]
    approximate = (
        person.date_of_birth_is_approximate
        if person
        else bool(appointment and appointment.date_of_birth_is_approximate)
    )
    if approximate:
        flags.append(Flag(_("Date of birth not certain"), "yellow"))
    return flags


@dataclass
class Family:
    """People of one booking who stand together on the list, and can arrive in one tap."""

    rows: list[DayRow]
    booking: Booking | None = None

    @property
    def several(self) -> bool:
        return len(self.rows) > 1

    @property
    def key(self) -> str:
        return f"family-{self.booking.public_id}" if self.booking else ""

    @property
    def appointments(self) -> str:
        """The ids of their appointments, as one button sends them."""
        return ",".join(str(row.appointment.public_id) for row in self.rows if row.appointment)

    @property
    def name(self) -> str:
        """Who booked, or the reference where nobody said; initials while names are hidden."""
        if self.booking is None:
            return ""
        name = self.booking.contact_name
        if name and self.rows[0].hidden:
            first, _space, last = name.partition(" ")
            return initials(first, last)
        return name or self.booking.reference

    @property
    def arrive_words(self) -> str:
        """The words of the button that marks them all: "Arrive all 3 Khan children"."""
        count = len(self.rows)
        names = {row.last_name for row in self.rows}
        children = all(years_between(row.date_of_birth, row.today) < 18 for row in self.rows)
        if len(names) == 1 and names != {""} and not self.rows[0].hidden:
            name = names.pop()
            if children:
                return _("Arrive all %(count)s %(name)s children") % {"count": count, "name": name}
            return _("Arrive all %(count)s of the %(name)s family") % {"count": count, "name": name}
        return _("Arrive all %(count)s people of this booking") % {"count": count}


@dataclass
class Group:
    """The people of one wing or site who are on a closed clinic's list and have not come yet."""

    name: str
    rows: list[DayRow]
    # How many there are, shown or not.
    count: int = 0

    @property
    def key(self) -> str:
        return f"group-{self.rows[0].key}"


def root_of(person: Person | None) -> Person | None:
    """Return the row that stands for this person."""
    return (person.merged_into or person) if person is not None else None
