"""Fast entry: what is the same for everybody, once; then what is asked of each person."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bookings.forms.clinic_day.times import read_time
from bookings.queries.dose import Staff
from clinics.models import Batch, ClinicSession, Direction
from clinics.words import clock
from immunisations.models import Vaccination
from nhsuk.forms import NhsukForm, RadiosField, SelectField, TextField, field_of

EVERYBODY = "all"
NOW = "now"
PAPER = "paper"
VACCINATED = "vaccinated"
DECLINED = Vaccination.Reason.DECLINED.value
NOT_PRODUCED = Vaccination.Reason.NOT_PRODUCED.value
NOT_TODAY = "not_today"
# Within what a scanner types: what ends a part, the product at the beginning, and dates.
SEPARATOR = "\x1d"
PRODUCT = re.compile(r"^(?:\]D2)?\(?01\)?[0-9]{14}")
DATES = re.compile(r"^(?:\(?1[1-7]\)?[0-9]{6})+")


def is_number_of(batch: Batch, typed: str) -> bool:
    """Whether what was typed, or read off the box by a scanner, is the number of this batch and no longer one.

    A scanner types the product, the expiry and the number in one: parts that begin with 01, 17 and 10, each of which
    ends at a separator where its length is not fixed (GS1 General Specifications, section 3).
    """
    number = "".join(batch.number.split()).upper()
    parts = ["".join(part.split()).upper() for part in typed.split(SEPARATOR)]
    if parts == [number]:
        return True
    first = PRODUCT.sub("", parts[0], count=1)
    if first == parts[0]:
        return False
    for part in [first, *parts[1:]]:
        rest = DATES.sub("", part.replace("(10)", "10").replace("(21)", "21"))
        if rest.startswith("10"):
            return rest == f"10{number}"
        # A serial number came first, and a scanner that types no separators left nothing between the two.
        if rest.startswith("21") and rest.endswith(f"10{number}"):
            return True
    return False


class FastSetUpForm(NhsukForm):
    """Wing, batch, direction, vaccinator and how the times come, once for all."""

    group = SelectField(label=gettext_lazy("Wing or site"), choices=(), size="s", required=False)
    batch = SelectField(
        label=gettext_lazy("Vaccine and batch"), subject=gettext_lazy("a batch"), choices=(), size="s", required=False
    )
    scanned = TextField(
        label=gettext_lazy("Or scan or type the batch number"),
        subject=gettext_lazy("the batch number"),
        required=False,
        max_length=100,
        size="s",
        width=20,
        spellcheck=False,
    )
    direction = SelectField(label=gettext_lazy("Given under"), choices=(), size="s", required=False)
    given_by = SelectField(label=gettext_lazy("Given by"), choices=(), size="s", required=False)
    times = RadiosField(
        label=gettext_lazy("When were the doses given?"),
        subject=gettext_lazy("when the doses were given"),
        choices=[
            (NOW, gettext_lazy("Now, as I go")),
            (PAPER, gettext_lazy("Earlier: I am entering them from paper, with the time of each")),
        ],
        size="s",
    )
    earlier_batch = SelectField(
        label=gettext_lazy("Was it a batch that has been held since?"), choices=(), size="s", required=False
    )

    def __init__(
        self,
        *args: Any,
        groups: Sequence[tuple[str, str]],
        batches: Sequence[Batch],
        until: Sequence[tuple[Batch, datetime]],
        directions: Mapping[str, Sequence[Direction]],
        staff: Staff,
        user: User,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batches = {str(batch.public_id): batch for batch in batches}
        # Those that are held now can only be written down from paper, where they were given before.
        self.held = {str(batch.public_id): batch for batch, _moment in until}
        self._offer_earlier(until)
        # Which directions are in force for each vaccine.
        self.directions = directions
        self.named = {str(each.public_id): each for found in directions.values() for each in found}
        self.staff = staff
        field_of(self, "group").choices = [
            (EVERYBODY, _("Everybody on the list") if groups else _("Everybody who is here")),
            *groups,
        ]
        field_of(self, "batch").choices = [
            ("", _("Choose a batch")),
            *(
                (
                    key,
                    _("%(product)s, %(number)s, expires %(date)s")
                    % {
                        "product": batch.product,
                        "number": batch.number,
                        "date": formats.date_format(batch.expires_on, "j F Y"),
                    },
                )
                for key, batch in self.batches.items()
            ),
        ]
        field_of(self, "direction").choices = [
            ("", _("The one in force")),
            *((key, str(direction)) for key, direction in self.named.items()),
        ]
        field_of(self, "given_by").choices = [
            ("", _("%(name)s (you)") % {"name": user}),
            *((key, str(each)) for key, each in staff.vaccinators.items()),
        ]

    def _offer_earlier(self, until: Sequence[tuple[Batch, datetime]]) -> None:
        if not until:
            del self.fields["earlier_batch"]
            return
        field_of(self, "times").nhsuk["reveals"] = {PAPER: ["earlier_batch"]}
        field_of(self, "earlier_batch").choices = [
            ("", _("No")),
            *(
                (
                    str(batch.public_id),
                    _("%(product)s, %(number)s: doses given before %(time)s")
                    % {"product": batch.product, "number": batch.number, "time": clock(timezone.localtime(moment))},
                )
                for batch, moment in until
            ),
        ]
        if self.initial.get("batch") in self.held:
            self.initial["earlier_batch"] = self.initial["batch"]

    def clean(self) -> dict[str, Any]:
        """Find the batch by what was scanned, and its direction."""
        data = super().clean() or self.cleaned_data
        batch = self.batches.get(data.get("batch", ""))
        if data.get("times") == PAPER and data.get("earlier_batch"):
            batch = self.held[data["earlier_batch"]]
            data["batch"], data["scanned"] = str(batch.public_id), ""
        if data.get("scanned"):
            found = [each for each in self.batches.values() if is_number_of(each, data["scanned"])]
            if len(found) != 1:
                self.add_error(
                    "scanned", _("No batch of this clinic’s vaccines has this number. Choose one from the list")
                )
                return data
            batch = found[0]
            data["batch"] = str(batch.public_id)
        if batch is None:
            if "batch" not in self.errors:
                self.add_error("batch", _("Select a batch, or scan its number"))
            return data
        in_force = self.directions.get(batch.product.vaccine, ())
        chosen = self.named.get(data.get("direction", ""))
        if chosen is None and len(in_force) > 1:
            self.add_error("direction", _("Select what the doses are given under"))
        elif chosen is None and not in_force:
            self.add_error(
                "direction",
                _("No direction is in force for this vaccine. Use each person’s own page to record the dose"),
            )
        elif chosen is not None and chosen not in in_force:
            self.add_error("direction", _("This direction is not for the vaccine of this batch"))
        return data


class FastForm(NhsukForm):
    """What happened with one person; for a dose where it went, and from paper when and by whom."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    outcome = RadiosField(
        label=gettext_lazy("What happened?"), subject=gettext_lazy("what happened"), choices=(), size="m"
    )
    reason = SelectField(
        label=gettext_lazy("Why not today?"), subject=gettext_lazy("why not today"), choices=(), size="s"
    )
    given_time = TextField(
        label=gettext_lazy("Time, as on the paper"),
        subject=gettext_lazy("the time"),
        help_text=gettext_lazy("For example, 10:20am or 1020"),
        max_length=20,
        size="s",
        width=5,
    )
    given_by = SelectField(label=gettext_lazy("Given by"), choices=(), required=False, size="s")
    body_site = RadiosField(
        label=gettext_lazy("Where was it given?"), subject=gettext_lazy("where it was given"), choices=(), size="m"
    )
    note = TextField(label=gettext_lazy("Note (optional)"), max_length=500, required=False, size="s")

    def __init__(
        self,
        *args: Any,
        clinic: ClinicSession,
        oral: bool,
        prison: bool,
        paper: bool,
        staff: Staff,
        user: User,
        vaccinator: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.staff = staff
        reasons = [
            (value, label)
            for value, label in Vaccination.Reason.choices
            if value not in (DECLINED, NOT_PRODUCED, Vaccination.Reason.LEFT)
        ]
        field_of(self, "reason").choices = [("", _("Choose a reason")), *reasons]
        outcome = field_of(self, "outcome")
        outcome.choices = [
            (VACCINATED, _("Vaccinated")),
            (DECLINED, _("Declined")),
            (NOT_PRODUCED, _("Not produced") if prison else _("Not here")),
            (NOT_TODAY, _("Not today, for another reason")),
        ]
        outcome.nhsuk["reveals"] = {NOT_TODAY: ["reason"]}
        field_of(self, "body_site").choices = [
            (value, label)
            for value, label in Vaccination.BodySite.choices
            if (value == Vaccination.BodySite.MOUTH) == oral
        ]
        if not paper:
            del self.fields["given_time"], self.fields["given_by"]
            return
        self.fields["given_time"].label = _("Time on %(date)s, as on the paper") % {
            "date": formats.date_format(clinic.date, "l j F Y")
        }
        field_of(self, "given_by").choices = [
            ("", _("%(name)s (you)") % {"name": user}),
            *((key, str(each)) for key, each in staff.vaccinators.items()),
        ]
        self.initial.setdefault("given_by", vaccinator)

    @property
    def vaccinated(self) -> bool:
        """Whether a dose was given, as it was sent: the rest of the page counts only then."""
        return bool(self.is_bound and self.data.get("outcome") == VACCINATED)

    def clean_given_time(self) -> time:
        """Return the time as it was typed."""
        found = read_time(self.cleaned_data["given_time"])
        if found is None:
            raise forms.ValidationError(_("Enter a time, like 10:20am or 14:05"))
        return found

    def _clean_fields(self) -> None:
        """Ask for no site where no dose was given."""
        super()._clean_fields()
        if self.cleaned_data.get("outcome") != VACCINATED:
            self.errors.pop("body_site", None)
            self.cleaned_data["body_site"] = ""

    @property
    def not_given_reason(self) -> str:
        """Why nothing was given."""
        outcome: str = self.cleaned_data["outcome"]
        return self.cleaned_data["reason"] if outcome == NOT_TODAY else outcome

    def giver(self, usual: str) -> User | None:
        """Return who gave it, None for the user; ``usual`` is whom the set-up names."""
        return self.staff.vaccinators.get(self.cleaned_data["given_by"] if "given_by" in self.fields else usual)
