"""Who wants a place in the queue of a drop-in."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from bookings.drop_ins.tickets import TypedPerson
from bookings.policies import MOST_PEOPLE
from nhsuk.forms import DateInputField, NameField, NhsukForm


class TicketForm(NhsukForm):
    """Name and date of birth of one to six people, all on one page."""

    def __init__(self, *args: Any, people: int, **kwargs: Any) -> None:
        """``people`` is for how many the page asks."""
        super().__init__(*args, **kwargs)
        self.people = max(1, min(people, MOST_PEOPLE))
        for number in range(1, self.people + 1):
            self._add(number)

    def _add(self, number: int) -> None:
        several = self.people > 1
        first = (
            _t("Enter the first name of person %(number)s") % {"number": number}
            if several
            else _t("Enter the first name of the child or adult")
        )
        born = _t("the date of birth of person %(number)s") % {"number": number} if several else _t("the date of birth")
        fields: Any = self.fields
        fields[f"first_name_{number}"] = NameField(
            label=_("First name"),
            subject=_("the first name of the child or adult"),
            autocomplete="off",
            width=20,
            error_messages={"required": first},
        )
        fields[f"last_name_{number}"] = NameField(
            label=_("Last name"),
            help_text=_("Leave this empty if they have one name"),
            subject=_("the last name of the child or adult"),
            autocomplete="off",
            required=False,
            width=20,
        )
        date_of_birth = DateInputField(
            label=_("Date of birth"), help_text=_("For example, 27 3 2020"), subject=born, size="s"
        )
        date_of_birth.today = self.today
        fields[f"date_of_birth_{number}"] = date_of_birth

    def groups(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield the number of each person with their fields, for the page."""
        for number in range(1, self.people + 1):
            yield number, [self[f"{name}_{number}"] for name in ("first_name", "last_name", "date_of_birth")]

    def typed_people(self) -> list[TypedPerson]:
        """Return everybody, once the form is valid."""
        given = self.cleaned_data
        return [
            TypedPerson(given[f"first_name_{number}"], given[f"date_of_birth_{number}"], given[f"last_name_{number}"])
            for number in range(1, self.people + 1)
        ]
