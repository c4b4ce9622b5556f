"""The forms of the clinic day's screens."""

from bookings.forms.clinic_day.consent import ConsentHealthForm
from bookings.forms.clinic_day.correct import CorrectForm
from bookings.forms.clinic_day.dose import AnywayForm, DoseForm
from bookings.forms.clinic_day.dose_question import DoseQuestionForm
from bookings.forms.clinic_day.not_given import NotGivenForm
from bookings.forms.clinic_day.record_check import FindingForm, RecordCheckForm
from bookings.forms.clinic_day.search import SearchForm
from bookings.forms.clinic_day.walk_in import WalkInForm

__all__ = [
    "AnywayForm",
    "ConsentHealthForm",
    "CorrectForm",
    "DoseForm",
    "DoseQuestionForm",
    "FindingForm",
    "NotGivenForm",
    "RecordCheckForm",
    "SearchForm",
    "WalkInForm",
]
