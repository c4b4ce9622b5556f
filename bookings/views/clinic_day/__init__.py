"""The staff's screens of one clinic, from the day's list to its totals."""

from bookings.views.clinic_day.arriving import ArrivalUndo, Arrive, MatchAppointment
from bookings.views.clinic_day.checking import DoseQuestions, RecordCheckAdd
from bookings.views.clinic_day.closing import DidNotAttend, SessionTotals
from bookings.views.clinic_day.consenting import ConsentAndHealth
from bookings.views.clinic_day.correcting import RecordCorrect
from bookings.views.clinic_day.facts import FactLift
from bookings.views.clinic_day.giving import DoseGive
from bookings.views.clinic_day.listing import ClinicDay, SessionDay
from bookings.views.clinic_day.not_giving import NotGiven
from bookings.views.clinic_day.papers import RecordOfToday, Rules, ShowWorking
from bookings.views.clinic_day.person import PersonDay, VisitEnd
from bookings.views.clinic_day.walking_in import WalkIn

__all__ = [
    "ArrivalUndo",
    "Arrive",
    "ClinicDay",
    "ConsentAndHealth",
    "DidNotAttend",
    "DoseGive",
    "DoseQuestions",
    "FactLift",
    "MatchAppointment",
    "NotGiven",
    "PersonDay",
    "RecordCheckAdd",
    "RecordCorrect",
    "RecordOfToday",
    "Rules",
    "SessionDay",
    "SessionTotals",
    "ShowWorking",
    "VisitEnd",
    "WalkIn",
]
