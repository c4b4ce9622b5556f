"""The dose: which batch, where, and only if asked for anything else; and why it is given against a warning."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bookings.forms.batches import expiry_field, number_field, product_choices, product_field
from bookings.forms.clinic_day.times import read_time
from bookings.queries.dose import DirectionsOffer, Offer, Staff
from clinics.models import Batch, Direction, Product
from immunisations.models import Vaccination
from immunisations.policies import PatientDirection
from nhsuk.forms import DateInputField, NhsukForm, RadiosField, SelectField, TextField, field_of

ANOTHER = "another"
# The choice of a direction that is none of the team's: one that a prescriber wrote for this person.
PATIENT = "patient"
PATIENT_FIELDS = ("patient_name", "patient_version", "patient_until")
BATCH_FIELDS = ("new_product", "new_number", "new_expires_on")
# What the folded part of the page holds, besides what has to be asked in the open.
FOLDED = ("route", "direction", *PATIENT_FIELDS, "given_time", "given_by", "supplied_by", "note")


class DeviceClock(forms.CharField):
    """What the device's own clock said: a moment that our script filled in, or None. Nobody typed it, so nothing in it
    is ever refused.
    """

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.validators = []

    def to_python(self, value: Any) -> Any:
        """Return the moment, or None for anything that is none of this century."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            return None
        return moment if moment.tzinfo is not None and 2000 <= moment.year < 2100 else None


class DoseForm(NhsukForm):
    """Batch and site; route, direction, time, people and note only where they differ from the usual."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    # The batch that the page names as chosen before: it is used only where it is still the one.
    in_use = forms.CharField(widget=forms.HiddenInput, required=False)
    # The direction that the page names, likewise.
    under = forms.CharField(widget=forms.HiddenInput, required=False)
    device_at = DeviceClock()
    new_product = product_field()
    new_number = number_field()
    new_expires_on = expiry_field()
    batch = RadiosField(
        label=gettext_lazy("Which batch?"),
        subject=gettext_lazy("a batch"),
        choices=(),
        size="m",
        reveals={ANOTHER: list(BATCH_FIELDS)},
    )
    body_site = RadiosField(
        label=gettext_lazy("Where is it given?"), subject=gettext_lazy("where it is given"), choices=(), size="m"
    )
    route = SelectField(label=gettext_lazy("How it is given"), choices=(), required=False, size="s")
    patient_name = TextField(
        label=gettext_lazy("Prescriber, or name of the direction"),
        subject=gettext_lazy("the prescriber or the name of the direction"),
        max_length=120,
        size="s",
    )
    patient_version = TextField(
        label=gettext_lazy("Version, or the day it was written"),
        subject=gettext_lazy("the version or the day it was written"),
        max_length=20,
        size="s",
        width=20,
    )
    patient_until = DateInputField(
        label=gettext_lazy("Valid until"),
        subject=gettext_lazy("the last day on which it is valid"),
        limit=None,
        size="s",
    )
    direction = RadiosField(
        label=gettext_lazy("Given under"),
        subject=gettext_lazy("what it is given under"),
        choices=(),
        required=False,
        size="s",
        reveals={PATIENT: list(PATIENT_FIELDS)},
    )
    given_time = TextField(
        label=gettext_lazy("Time given, if not now"),
        help_text=gettext_lazy("For example, 10:20am"),
        subject=gettext_lazy("the time given"),
        max_length=20,
        required=False,
        size="s",
        width=10,
    )
    given_by = SelectField(
        label=gettext_lazy("Given by"), subject=gettext_lazy("who gave it"), choices=(), required=False, size="s"
    )
    supplied_by = SelectField(
        label=gettext_lazy("Supplied by"),
        subject=gettext_lazy("who supplied it"),
        help_text=gettext_lazy("Who handed the vaccine out, if that was somebody else"),
        choices=(),
        required=False,
        size="s",
    )
    note = TextField(label=gettext_lazy("Note (optional)"), max_length=500, required=False, size="s")

    def __init__(
        self,
        *args: Any,
        offer: Offer,
        directions: DirectionsOffer,
        chosen_direction: Direction | None,
        staff: Staff,
        user: User,
        remembered: Batch | None,
        used_sites: Mapping[str, str],
        infant: bool,
        another_day: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batches = {str(batch.public_id): batch for batch in offer.batches}
        self.products = {product.code: product for product in offer.products}
        self.remembered = remembered
        self.staff = staff
        if remembered is not None:
            for name in ("batch", *BATCH_FIELDS):
                del self.fields[name]
            self.initial["in_use"] = str(remembered.public_id)
        else:
            del self.fields["in_use"]
            self._offer_batches(offer)
        oral = bool(offer.products) and all(product.route == Product.Route.ORAL for product in offer.products)
        sites = [
            (value, label)
            for value, label in Vaccination.BodySite.choices
            if (value == Vaccination.BodySite.MOUTH) == oral
        ]
        field_of(self, "body_site").choices = sites
        field_of(self, "body_site").nhsuk["choice_hints"] = {
            site: _("Already used: %(by)s") % {"by": by} for site, by in used_sites.items()
        }
        if infant and not oral:
            field_of(self, "body_site").help_text = _("Under 1 year, the thigh is the site to use")
        field_of(self, "route").choices = [
            ("", _("As usual for the product")),
            *Product.Route.choices,
        ]
        self._offer_directions(directions, chosen_direction)
        field_of(self, "given_by").choices = [
            ("", _("%(name)s (you)") % {"name": user}),
            *((key, str(each)) for key, each in staff.vaccinators.items()),
        ]
        field_of(self, "supplied_by").choices = [
            ("", _("Whoever gave it")),
            (str(user.public_id), _("%(name)s (you)") % {"name": user}),
            *((key, str(each)) for key, each in staff.suppliers.items()),
        ]
        self.user = user
        self.fields["given_time"].required = another_day
        if another_day:
            self.fields["given_time"].label = _("Time given")

    def _offer_batches(self, offer: Offer) -> None:
        several = len({batch.product.vaccine for batch in offer.batches}) > 1
        choices, hints = [], {}
        for batch in offer.batches:
            name = str(batch.product) if several else batch.product.name
            choices.append((str(batch.public_id), f"{name}, {batch.number}"))
            gelatine = _("Contains gelatine from pigs") if batch.product.contains_gelatine else _("No gelatine")
            expires = formats.date_format(batch.expires_on, "j F Y")
            hints[str(batch.public_id)] = _("Expires %(date)s. %(gelatine)s") % {"date": expires, "gelatine": gelatine}
        field = field_of(self, "batch")
        field.choices = [*choices, (ANOTHER, _("Another batch: add it"))]
        field.nhsuk["choice_hints"] = hints
        if choices:
            field.nhsuk["choice_dividers"] = {ANOTHER: _("or")}
        field_of(self, "new_product").choices = product_choices(self.products)

    def _offer_directions(self, offer: DirectionsOffer, chosen: Direction | None) -> None:
        """One in force is used without asking, of several one is chosen, and without any the person's own is asked."""
        self.directions = offer
        self.usual = chosen or (offer.directions[0] if len(offer.directions) == 1 else None)
        # Chosen on another page meanwhile, or new since: what this page did not name is asked for.
        told = not self.is_bound or bool(self.data.get("direction"))
        if self.usual is not None and not told and self.data.get("under") != str(self.usual.public_id):
            self.usual = None
        self.asks_direction = self.usual is None
        if self.usual is None:
            del self.fields["under"]
        else:
            self.initial["under"] = str(self.usual.public_id)
        if not offer.directions:
            # The only way on, so nothing is chosen: its three facts are asked for in the open.
            del self.fields["direction"]
            return
        field = field_of(self, "direction")
        ends = {
            str(each.public_id): _("%(kind)s. Valid until %(date)s")
            % {"kind": each.get_kind_display(), "date": formats.date_format(each.valid_until, "j F Y")}
            for each in offer.directions
        }
        field.choices = [
            *((str(each.public_id), str(each)) for each in offer.directions),
            (PATIENT, _("A patient specific direction for this person")),
        ]
        field.nhsuk["choice_hints"] = ends
        field.required = self.asks_direction
        if self.asks_direction:
            field.nhsuk["size"] = "m"
        else:
            field.help_text = _("%(direction)s, unless you choose another") % {"direction": self.usual}

    def clean_given_time(self) -> time | None:
        """Return the time as it was typed, or None where it is now."""
        typed = self.cleaned_data["given_time"]
        if not typed:
            return None
        found = read_time(typed)
        if found is None:
            raise forms.ValidationError(_("Enter a time, like 10:20am or 14:05"))
        return found

    @property
    def unfolds(self) -> bool:
        """Whether something is wrong, or was changed, in the part of the form that is folded away."""
        names = [name for name in FOLDED if name in self.fields]
        return self.is_bound and any(name in self.errors or name in self.changed_data for name in names)

    @property
    def adds_batch(self) -> bool:
        """Whether a batch is to be added first."""
        return self.remembered is None and self.cleaned_data.get("batch") == ANOTHER

    def chosen_batch(self) -> Batch | None:
        """Return the batch that was chosen, or None where one is to be added."""
        if self.remembered is not None:
            return self.remembered
        return None if self.adds_batch else self.batches[self.cleaned_data["batch"]]

    def new_batch(self) -> tuple[Product, str, date]:
        """Return product, number and expiry of the batch to add."""
        data = self.cleaned_data
        return self.products[data["new_product"]], data["new_number"], data["new_expires_on"]

    def chosen_direction(self) -> Direction | None:
        """Return the team's direction that was chosen, or is usual here; None where it is the person's own."""
        chosen = self.cleaned_data.get("direction")
        return self.directions.named(chosen) if chosen else self.usual

    def patient_direction(self) -> PatientDirection | None:
        """Return the direction for this person alone, where it is given under one."""
        data = self.cleaned_data
        if self.directions.directions and data.get("direction") != PATIENT:
            return None
        return PatientDirection(data["patient_name"], data["patient_version"], data["patient_until"])

    def chosen_giver(self) -> User | None:
        """Return the other vaccinator who gave it, or None for the user."""
        return self.staff.vaccinators.get(self.cleaned_data["given_by"])

    def chosen_supplier(self) -> User | None:
        """Return who supplied it, or None where that was whoever gave it."""
        chosen = self.cleaned_data["supplied_by"]
        if chosen == str(self.user.public_id):
            # Said only where somebody else gave it.
            return self.user if self.cleaned_data["given_by"] else None
        return self.staff.suppliers.get(chosen)

    def carried(self, post: Any) -> list[tuple[str, str]]:
        """Return everything that was sent for this form, to be sent once more from another page."""
        names = {self.add_prefix(name) for name in self.fields}
        parts = {
            f"{self.add_prefix(name)}_{part}"
            for name, field in self.fields.items()
            if isinstance(field, DateInputField)
            for part in ("day", "month", "year")
        }
        return [(key, value) for key, values in post.lists() if key in names | parts for value in values]


class AnywayForm(NhsukForm):
    """Why a dose is given against the warnings that were shown."""

    override_reason = TextField(
        label=gettext_lazy("Why do you give it all the same?"),
        subject=gettext_lazy("why you give it all the same"),
        max_length=500,
        size="m",
    )
