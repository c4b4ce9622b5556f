"""From the list to a saved dose, as a nurse does it."""

import pytest

from accounts.models import AuditEvent, RecordView
from bookings.models import Appointment
from immunisations.models import RecordCheck, Vaccination, Visit
from tests.integration.clinic_day.conftest import agree, check, give, words

pytestmark = pytest.mark.django_db


def test_a_nurse_goes_from_the_list_to_two_saved_doses(clinic, nurse, amina):
    day = nurse.get(clinic.url("clinic-day-session"))
    assert "1 to see, 0 done" in words(day)
    page = nurse.get(clinic.url("person", amina.public_id))
    assert "KHAN, Amina Born 27 March 2023 (3 years 7 months)" in words(page)
    assert "Sara Khan (mother), who is here" in words(page)

    assert check(nurse, clinic, amina).url == clinic.url("person", amina.public_id)
    assert RecordCheck.objects.get().finding == "Red book: no vaccinations recorded."
    after_consent = agree(nurse, clinic, amina)
    assert after_consent.url == clinic.url("give-dose", amina.public_id, "MEASLES")
    dose_page = nurse.get(after_consent.url)
    assert "TET1" in words(dose_page) and "Before you give this" not in words(dose_page)
    saved = give(nurse, clinic, amina)
    assert saved.url == clinic.url("person", amina.public_id)

    dose = Vaccination.objects.get()
    assert (dose.product_name, dose.batch_number, dose.body_site, dose.route) == (
        "Priorix-Tetra",
        "TET1",
        "left_arm",
        "intramuscular",
    )
    assert (dose.given_by_name, dose.legal_mechanism, dose.dose_number) == ("Nora Nurse", "PGD", 1)
    assert (dose.consent_by_name, dose.consent_relationship) == ("Sara Khan", "Mother")
    assert dose.given_on.isoformat() == "2026-11-21"
    assert dose.place_name == str(clinic.session.venue)


def test_after_the_first_dose_the_page_says_what_is_still_due(clinic, nurse, amina):
    check(nurse, clinic, amina)
    agree(nurse, clinic, amina)
    page = nurse.get(give(nurse, clinic, amina).url)
    assert "MMRV saved. 6-in-1 still due." in words(page)
    assert Visit.objects.get().left_at is None
    ended = give(nurse, clinic, amina, "6IN1")
    assert ended.url == clinic.url("clinic-day-session")
    assert "6-in-1 saved for KHAN, Amina." in words(nurse.get(ended.url))
    assert "0 to see, 1 done" in words(nurse.get(ended.url))
