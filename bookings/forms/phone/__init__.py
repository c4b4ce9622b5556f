"""Booking for somebody on the phone: all that is asked, on one page."""

from bookings.forms.phone.caller import ALOUD, EMAIL, LETTER, TEXT, CallerForm, ReachOfCallerForm
from bookings.forms.phone.cancelling import CancelForCallerForm
from bookings.forms.phone.finding import FindBookingForm, HowManyForm
from bookings.forms.phone.people import AddPersonForm, CallPersonForm
from bookings.forms.phone.typed import html_names, typed_before
from bookings.forms.phone.waiting import TimesForCallerForm, WaitingCallerForm

__all__ = [
    "ALOUD",
    "EMAIL",
    "LETTER",
    "TEXT",
    "AddPersonForm",
    "CallPersonForm",
    "CallerForm",
    "CancelForCallerForm",
    "FindBookingForm",
    "HowManyForm",
    "ReachOfCallerForm",
    "TimesForCallerForm",
    "WaitingCallerForm",
    "html_names",
    "typed_before",
]
