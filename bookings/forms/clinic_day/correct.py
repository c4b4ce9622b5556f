"""Putting a saved record right: for each kind of mistake, what is right, and why it is corrected."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.forms.clinic_day.right_batch import RightBatchForm
from bookings.forms.clinic_day.times import read_time
from clinics.models import Product
from clinics.times import wall_time
from clinics.vaccines import series_of
from immunisations.models import Vaccination
from nhsuk.forms import NhsukForm, RadiosField, SelectField, TextareaField, TextField, field_of


def _reason() -> TextField:
    return TextField(
        label=gettext_lazy("Why is it corrected?"),
        subject=gettext_lazy("why it is corrected"),
        help_text=gettext_lazy("This is kept with the record"),
        max_length=300,
        size="m",
    )


class CorrectForm(NhsukForm):
    """What every correction asks: why. The id tells a second press from a second correction."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    reason = _reason()

    def __init__(self, *args: Any, vaccination: Vaccination, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vaccination = vaccination
        # Last on the page, whatever else a form asks.
        self.order_fields([name for name in self.fields if name != "reason"])

    def correction(self) -> dict[str, Any]:
        """Return what to correct as ``correct_vaccination`` takes it. A batch without a key is to be added first."""
        return {"entered_in_error": True}


class CorrectBatchForm(RightBatchForm, CorrectForm):
    """Another batch of the same vaccine."""

    reason = _reason()

    def correction(self) -> dict[str, Any]:
        """Return the batch."""
        return {"changes": {"batch": self.right_batch}}


class CorrectVaccineForm(RightBatchForm, CorrectForm):
    """Another vaccine or product was given: its batch, and the site where that was wrong too."""

    body_site = SelectField(label=gettext_lazy("Site, if that was wrong too"), choices=(), required=False, size="s")
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["batch"].label = _("What was given?")
        field_of(self, "batch").subject = _("what was given")
        field_of(self, "body_site").choices = [
            ("", _("As recorded: %(site)s") % {"site": self.vaccination.get_body_site_display()}),
            *Vaccination.BodySite.choices,
        ]

    def correction(self) -> dict[str, Any]:
        """Return the batch: on this record where it is of the same course, else in its place."""
        site = self.cleaned_data["body_site"]
        if series_of(self.right_batch.product.vaccine) == self.vaccination.series:
            return {"changes": {"batch": self.right_batch, **({"body_site": site} if site else {})}}
        return {"given_instead": self.right_batch, "body_site": site}


class CorrectSiteForm(CorrectForm):
    """Another site, and another route where it was not the one recorded."""

    body_site = RadiosField(
        label=gettext_lazy("Where was it given?"), subject=gettext_lazy("where it was given"), choices=(), size="m"
    )
    route = SelectField(label=gettext_lazy("How it was given"), choices=Product.Route, size="s")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "body_site").choices = Vaccination.BodySite.choices
        field_of(self, "body_site").nhsuk["choice_hints"] = {self.vaccination.body_site: _("As recorded")}
        self.initial.setdefault("route", self.vaccination.route)

    def correction(self) -> dict[str, Any]:
        """Return site and route."""
        return {"changes": {"body_site": self.cleaned_data["body_site"], "route": self.cleaned_data["route"]}}


class CorrectTimeForm(CorrectForm):
    """Another time on the day of the clinic."""

    given_time = TextField(
        label=gettext_lazy("When was it given?"),
        help_text=gettext_lazy("For example, 10:20am"),
        subject=gettext_lazy("the time given"),
        max_length=20,
        size="m",
        width=10,
    )

    def clean_given_time(self) -> Any:
        """Return the moment."""
        found = read_time(self.cleaned_data["given_time"])
        if found is None:
            raise forms.ValidationError(_("Enter a time, like 10:20am or 14:05"))
        return found

    def correction(self) -> dict[str, Any]:
        """Return the moment. Raises NotATime on the night the clocks change."""
        return {"changes": {"given_at": wall_time(self.vaccination.session.date, self.cleaned_data["given_time"])}}


class CorrectNotGivenForm(CorrectForm):
    """Nothing was given: why."""

    not_done_reason = RadiosField(
        label=gettext_lazy("Why was it not given?"),
        subject=gettext_lazy("why it was not given"),
        choices=Vaccination.Reason,
        size="m",
        small=True,
    )

    def correction(self) -> dict[str, Any]:
        """Return the reason: on a record that says already that nothing was given, or in place of the dose."""
        reason = self.cleaned_data["not_done_reason"]
        if self.vaccination.is_given:
            return {"not_given": reason}
        return {"changes": {"not_done_reason": reason}}


class CorrectNoteForm(CorrectForm):
    """Another note, or none."""

    note = TextareaField(
        label=gettext_lazy("What should the note say?"), max_length=500, required=False, size="m", rows=3
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("note", self.vaccination.note)

    def correction(self) -> dict[str, Any]:
        """Return the note."""
        return {"changes": {"note": self.cleaned_data["note"]}}


class Mistake(NamedTuple):
    """One kind of mistake: its place in the address, its words, and the form; no form where a person is asked for."""

    code: str
    words: str | Promise
    hint: str | Promise
    form: type[CorrectForm] | None


GIVEN = (
    Mistake("batch", gettext_lazy("The batch"), "", CorrectBatchForm),
    Mistake("site", gettext_lazy("The site, or how it was given"), "", CorrectSiteForm),
    Mistake("time", gettext_lazy("The time"), "", CorrectTimeForm),
    Mistake("vaccine", gettext_lazy("The vaccine or product"), "", CorrectVaccineForm),
    Mistake(
        "person",
        gettext_lazy("It belongs to another person"),
        gettext_lazy("It moves there. Both records are shown first"),
        None,
    ),
    Mistake(
        "twice",
        gettext_lazy("It was recorded twice"),
        gettext_lazy("This one becomes an error. The other one stays"),
        CorrectForm,
    ),
    Mistake("not-given", gettext_lazy("It was not given after all"), "", CorrectNotGivenForm),
    Mistake("note", gettext_lazy("The note"), "", CorrectNoteForm),
)
NOT_GIVEN = (
    Mistake("reason", gettext_lazy("The reason"), "", CorrectNotGivenForm),
    Mistake("note", gettext_lazy("The note"), "", CorrectNoteForm),
    Mistake("person", gettext_lazy("It belongs to another person"), "", None),
    Mistake("error", gettext_lazy("It is not true: entered in error"), "", CorrectForm),
)


def mistakes_of(vaccination: Vaccination) -> Sequence[Mistake]:
    """Return what can be wrong with a record of this kind."""
    return GIVEN if vaccination.is_given else NOT_GIVEN


class ClinicBatchForm(RightBatchForm):
    """The batch that was given in place of another one at a clinic, and why the records are corrected.

    Which records is asked in the table beside it.
    """

    reason = _reason()
    client_uuid = forms.UUIDField(widget=forms.HiddenInput)


class MoveForm(NhsukForm):
    """Why a record moves to another person."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    reason = TextField(
        label=gettext_lazy("Why does it move?"),
        subject=gettext_lazy("why it moves"),
        help_text=gettext_lazy("This is kept with both records"),
        max_length=300,
        size="m",
    )


class SentForm(NhsukForm):
    """How the ticked records were sent."""

    how = TextField(
        label=gettext_lazy("How were they sent? (optional)"),
        help_text=gettext_lazy("For example, by secure email"),
        max_length=60,
        required=False,
        size="s",
    )
