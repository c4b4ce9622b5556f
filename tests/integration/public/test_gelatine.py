"""The wish for a vaccine without gelatine: asked where it matters, promised from what there is, never twice."""

import subprocess
import sys
import time as clock
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from accounts.models import Role
from bookings.gelatine import GelatineFreeGone
from bookings.models import Appointment, Booking
from clinics.actions import receive_stock, take_stock
from tests.support.factories import DAY, NOW, book, child, make_batch, make_session, make_team, make_user, make_venue
from tests.support.processes import environment

pytestmark = pytest.mark.django_db

BORN = date(2023, 3, 27)
WORDS = "Which vaccine can Amina have?"


class Store:
    """A team with a clinic and a store."""

    def __init__(self, **details):
        self.team = make_team()
        self.keeper = make_user(self.team, Role.COORDINATOR)
        self.session = make_session(self.team, slug="evesham", name="Evesham clinic", **details)

    def has(self, product, doses):
        """Receive a batch."""
        batch = make_batch(self.team, product)
        receive_stock(batch=batch, doses=doses, by=self.keeper, at=NOW)
        return batch


@pytest.fixture
def store(db):
    """A team with both vaccines against measles for somebody born in 2023, and one dose without gelatine."""
    store = Store()
    store.has("proquad", 20)
    store.has("priorix-tetra", 1)
    return store


def wishes(visitor, *names):
    """Come to the question about gelatine."""
    visitor.starts("evesham")
    for number, name in enumerate(names, start=1):
        visitor.names(name).answers(another="yes" if number < len(names) else "no")
    return visitor.says_what_for()


def books(visitor):
    """Answer the rest for one person, and book."""
    visitor.answers(interpreter="no").answers(wanted="no").answers(starts_at=visitor.times[0]).answers(known="no")
    visitor.says_where().answers(relationship="mother", contact_name="Sara", parental="yes")
    return visitor.answers(contact_by=["neither"]).answers()


def test_the_wish_is_asked_for_shown_back_and_booked(visitor, store):
    wishes(visitor, "Amina")
    assert visitor.heading == WORDS
    visitor.answers()
    assert "Select which vaccine" in visitor.text
    visitor.answers(gelatine="free")
    assert visitor.heading == "Do you want an interpreter at the clinic?"
    books(visitor)
    assert visitor.heading == "Appointment booked"
    assert Appointment.objects.get().gelatine_free


@pytest.mark.parametrize(
    ("vaccines", "products"),
    [
        (("MMR", "MMRV", "6IN1"), ["priorix-tetra"]),
        (("6IN1", "MENB"), ["proquad", "infanrix-hexa"]),
        (("MMR", "MMRV", "6IN1"), []),
    ],
    ids=["only without gelatine", "other vaccines", "no stock in the books"],
)
def test_nobody_is_asked_where_it_makes_no_difference(visitor, vaccines, products):
    store = Store(vaccines=vaccines)
    for product in products:
        store.has(product, 20)
    wishes(visitor, "Amina")
    assert visitor.heading == "Do you want an interpreter at the clinic?"


def test_nobody_is_asked_who_comes_for_something_else(visitor, store):
    visitor.starts("evesham").names("Amina").answers(another="no").answers(vaccines=["6IN1"])
    assert visitor.heading == "Do you want an interpreter at the clinic?"


def test_in_a_family_each_may_have_another_wish(visitor, store):
    wishes(visitor, "Amina", "Bilal")
    assert visitor.heading == "Which vaccine can Amina and Bilal have?"
    visitor.answers(gelatine="some", who=["2"]).answers(interpreter="no").answers(wanted="no")
    visitor.answers(starts_at=visitor.times[0]).answers(known="no").answers(known="no").says_where()
    visitor.answers(relationship="mother", contact_name="Sara", parental="yes").answers(contact_by=["neither"])
    assert "Without gelatine" in visitor.text and "Either vaccine" in visitor.text
    visitor.answers()
    assert dict(Appointment.objects.values_list("first_name", "gelatine_free")) == {"Amina": False, "Bilal": True}


def test_whoever_is_added_or_comes_for_something_else_later_is_asked_too(visitor, store):
    visitor.starts("evesham").names("Amina").answers(another="no").answers(vaccines=["6IN1"])
    base = visitor.path.removesuffix("language/")
    visitor.answers(f"{base}people/1/vaccines/", vaccines=["MEASLES"])
    assert visitor.heading == WORDS
    visitor.answers(gelatine="either")
    visitor.answers(f"{base}people/", another="yes").names("Bilal").answers(another="no")
    visitor.answers(vaccines=["check"], same="yes")
    assert visitor.heading == "Which vaccine can Amina and Bilal have?"
    visitor.answers(gelatine="either")
    assert visitor.heading == "Do you want an interpreter at the clinic?"


def test_what_cannot_be_promised_is_said_and_clinics_that_can_are_offered_with_every_answer_kept(visitor, store):
    elsewhere = make_session(venue=make_venue(store.team, town="Pershore"), name="Pershore clinic")
    taken = store.has("priorix-tetra", 5)
    take_stock(session=elsewhere, counts={taken: 5}, by=store.keeper, at=NOW, confirmed=True)
    wishes(visitor, "Amina", "Bilal").answers(gelatine="free")
    assert visitor.heading == "This clinic does not have enough of the vaccine without gelatine"
    assert "We cannot promise it to Amina and Bilal at Evesham clinic on Saturday 21 November 2026" in visitor.text
    assert "Pershore clinic" in visitor.text
    visitor.answers(
        f"{visitor.path.removesuffix('gelatine/')}clinic/{elsewhere.venue.public_id}/", day=str(elsewhere.public_id)
    )
    assert visitor.heading == "Do you want an interpreter at the clinic?", "the wish is known, and can be kept there"
    assert "For Amina and Bilal" in visitor.text and "Pershore clinic" in visitor.text


def test_the_answer_can_be_changed_instead(visitor, store):
    wishes(visitor, "Amina", "Bilal").answers(gelatine="free").answers(gelatine="either")
    assert visitor.heading == "Do you want an interpreter at the clinic?"


def test_the_last_dose_gone_meanwhile_costs_nobody_their_answers(visitor, store):
    wishes(visitor, "Amina").answers(gelatine="free")
    visitor.answers(interpreter="no").answers(wanted="no").answers(starts_at=visitor.times[0]).answers(known="no")
    visitor.says_where().answers(relationship="mother", contact_name="Sara", parental="yes")
    visitor.answers(contact_by=["neither"])
    book(store.session, child("Quick", gelatine_free=True))
    visitor.answers()
    assert visitor.heading == "This clinic does not have enough of the vaccine without gelatine"
    assert "Your answers are saved" in visitor.text
    visitor.answers(gelatine="either")
    assert visitor.heading == "Check your answers before you book"
    visitor.answers()
    assert visitor.heading == "Appointment booked"
    assert not Appointment.objects.get(first_name="Amina").gelatine_free


def test_promises_of_all_clinics_are_kept_from_one_store_and_a_cancelled_one_is_free_again(store):
    later = make_session(store.team, date=DAY + timedelta(days=1))
    made = book(store.session, child(gelatine_free=True))
    with pytest.raises(GelatineFreeGone):
        book(later, child("Bilal", gelatine_free=True))
    assert Booking.objects.count() == 1, "nothing of the refused booking stays"
    book(later, child("Chand"))
    made.booking.appointments.update(state="cancelled", reservation=None, cancelled_at=NOW)
    book(later, child("Bilal", gelatine_free=True))


def test_doses_taken_to_a_clinic_are_for_its_people(store):
    other = make_session(store.team, date=DAY + timedelta(days=1))
    batch = store.has("priorix-tetra", 3)
    take_stock(session=store.session, counts={batch: 3}, by=store.keeper, at=NOW, confirmed=True)
    book(other, child("A", gelatine_free=True))
    with pytest.raises(GelatineFreeGone):
        book(other, child("B", gelatine_free=True))
    book(store.session, child("C", gelatine_free=True), child("D", gelatine_free=True), child("E", gelatine_free=True))
    with pytest.raises(GelatineFreeGone):
        book(store.session, child("F", gelatine_free=True))


def adds(visitor, made, name="Idris"):
    """Add a brother to a booking, up to what follows the help he needs."""
    visitor.goes(f"/booking/m/{made.link_token}/").answers("/booking/add/").answers(first_name=name, last_name="")
    visitor.answers(date_of_birth_day="1", date_of_birth_month="2", date_of_birth_year="2022")
    return visitor.answers(needs="none")


def added(visitor):
    """Choose the first time, and press the button."""
    return visitor.answers(starts_at=visitor.times[0]).answers()


def test_somebody_added_is_asked_too_and_does_not_take_over_the_wish_of_the_others(visitor, store):
    made = book(store.session, child(gelatine_free=True))
    adds(visitor, made)
    assert visitor.heading == "Which vaccine can Idris have?"
    times = visitor.path.replace("/add/", "/new/").replace("gelatine/", "time/")
    assert visitor.goes(times).heading == "Which vaccine can Idris have?", "no time comes before it"
    visitor.answers()
    assert "Select which vaccine" in visitor.text and visitor.page.status_code == 422
    added(visitor.answers(gelatine="either"))
    assert "Idris has an appointment" in visitor.text
    assert dict(Appointment.objects.values_list("first_name", "gelatine_free")) == {"Amina": True, "Idris": False}
    store.has("priorix-tetra", 1)
    adds(visitor, made, "Zak").answers(gelatine="free").answers(starts_at=visitor.times[0])
    assert "Without gelatine" in visitor.text
    visitor.answers()
    assert Appointment.objects.get(first_name="Zak").gelatine_free


def test_nobody_added_has_the_wish_of_the_others_where_it_makes_no_difference(visitor):
    store = Store()
    store.has("priorix-tetra", 20)
    made = book(store.session, child(gelatine_free=True))
    added(adds(visitor, made))
    assert dict(Appointment.objects.values_list("first_name", "gelatine_free")) == {"Amina": True, "Idris": False}


def test_what_cannot_be_promised_to_somebody_added_is_said_with_the_teams_clinics_that_can(visitor, store):
    made = book(store.session, child(gelatine_free=True))
    elsewhere = make_session(store.team, venue=make_venue(store.team, town="Pershore"), name="Pershore clinic")
    make_session(name="Another team’s clinic")
    taken = store.has("priorix-tetra", 5)
    take_stock(session=elsewhere, counts={taken: 5}, by=store.keeper, at=NOW, confirmed=True)
    adds(visitor, made).answers(gelatine="free")
    assert visitor.heading == "This clinic does not have enough of the vaccine without gelatine"
    assert "We cannot promise it to Idris at Evesham clinic on Saturday 21 November 2026" in visitor.text
    assert "Pershore clinic" in visitor.text and "Another team" not in visitor.text
    day = visitor.path.replace("/add/", "/new/").replace("gelatine/", f"day/?venue={elsewhere.venue.public_id}")
    added(visitor.answers(day, day=str(elsewhere.public_id)))
    idris = Appointment.objects.get(first_name="Idris")
    assert (idris.session, idris.gelatine_free) == (elsewhere, True)


def test_the_last_dose_gone_while_somebody_is_added_costs_nobody_their_answers(visitor, store):
    made = book(store.session, child())
    adds(visitor, made).answers(gelatine="free").answers(starts_at=visitor.times[0])
    book(store.session, child("Quick", gelatine_free=True))
    visitor.answers()
    assert visitor.heading == "This clinic does not have enough of the vaccine without gelatine"
    assert not Appointment.objects.filter(first_name="Idris").exists()
    visitor.answers(gelatine="either")
    assert "Either vaccine" in visitor.text, "the time is kept still, and the answers too"
    visitor.answers()
    assert not Appointment.objects.get(first_name="Idris").gelatine_free


PROCESS = """
import sys, django
django.setup()
from accounts.errors import Refused
from clinics.models import ClinicSession
from tests.support.factories import book, child
session = ClinicSession.objects.get(pk=int(sys.argv[1]))
try:
    book(session, child("Bilal", gelatine_free=True))
    print("booked")
except Refused as refusal:
    print(refusal.code)
"""


def waiting() -> int:
    """How many connections wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_families_at_once_cannot_both_be_promised_the_last_dose():
    store = Store()
    store.has("proquad", 20)
    store.has("priorix-tetra", 1)
    other = make_session(store.team, date=DAY + timedelta(days=1))
    with transaction.atomic():
        book(store.session, child(gelatine_free=True))
        others = [
            subprocess.Popen(
                [sys.executable, "-c", PROCESS, str(session.pk)],
                env=environment(),
                stdout=subprocess.PIPE,
                text=True,
            )
            for session in (store.session, other)
        ]
        ends = clock.monotonic() + 30
        while waiting() < 2 and any(each.poll() is None for each in others) and clock.monotonic() < ends:
            clock.sleep(0.05)
    answers = [each.communicate(timeout=30)[0].strip() for each in others]
    assert answers == ["gelatine_free_gone", "gelatine_free_gone"]
    assert Appointment.objects.filter(gelatine_free=True).count() == 1
