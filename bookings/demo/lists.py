"""The lists of the demonstration's prison clinics: residents by wing, and some who work there."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from bookings.demo.people import born, years
from bookings.lists.actions import Listed, add_list
from bookings.models import ListEntry, ListImport
from clinics.models import ClinicSession
from immunisations.models import Person


@dataclass(frozen=True)
class OnTheList:
    """Somebody invented: age in years, wing, cell, prison number ("" for staff), and how far their day came."""

    first_name: str
    last_name: str
    age: int
    wing: str
    cell: str = ""
    prison_number: str = ""
    then: str = "expected"
    sex: str = "male"

    @property
    def is_staff(self) -> bool:
        """Whether they work there."""
        return not self.prison_number


WING: tuple[OnTheList, ...] = (
    OnTheList("Aaron", "Blythe", 29, "House block 1", "1-04", "A1472KX", "vaccinated"),
    OnTheList("Bogdan", "Munteanu", 41, "House block 1", "1-07", "A2093LB", "vaccinated"),
    OnTheList("Craig", "Denholm", 35, "House block 1", "1-11", "A3318MD", "declined"),
    OnTheList("Darius", "Kaminski", 26, "House block 1", "1-15", "A4450NF"),
    OnTheList("Elliot", "Vance", 52, "House block 1", "1-16", "A5527PG"),
    OnTheList("Femi", "Adebayo", 33, "House block 3", "3-02", "A6631QH", "vaccinated"),
    OnTheList("Gavin", "Stroud", 47, "House block 3", "3-05", "A7745RJ"),
    OnTheList("Hamid", "Rostami", 38, "House block 3", "3-06", "A8852SK"),
    OnTheList("Ivan", "Petrov", 44, "House block 3", "3-12", "A9960TL"),
    OnTheList("Karen", "Webster", 50, "Staff", sex="female"),
    OnTheList("Paul", "Dyson", 31, "Staff", then="vaccinated"),
)


def add_wing(session: ClinicSession, *, by: User, at: datetime, source: str) -> ListImport:
    """Put everybody on a clinic's list, as a co-ordinator would; those who were on one before are known."""
    known = {
        (person.first_name, person.last_name): person
        for person in Person.objects.filter(team=session.team, list_entries__isnull=False, merged_into__isnull=True)
    }
    people = [
        Listed(
            details={
                "first_name": each.first_name,
                "last_name": each.last_name,
                "date_of_birth": born(session.date, years(each.age)),
                "sex": each.sex,
            },
            person=known.get((each.first_name, each.last_name)),
            prison_number=each.prison_number,
            group=each.wing,
            location=each.cell,
            is_staff=each.is_staff,
        )
        for each in WING
    ]
    return add_list(
        session=session, people=people, rows=len(people), name="hewell-list.xlsx", by=by, at=at, source=source
    )


def person_on(session: ClinicSession, each: OnTheList) -> Person:
    """Return who somebody on the list is."""
    entry = ListEntry.objects.select_related("person").get(
        session=session, person__first_name=each.first_name, person__last_name=each.last_name
    )
    return entry.person
