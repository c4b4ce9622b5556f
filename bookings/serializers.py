"""What a booking is made of when another system sends it, and how it looks from outside."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.serializers import (
    ChoiceField,
    DayField,
    EmailField,
    FlagField,
    IdField,
    MomentField,
    NhsNumberField,
    PhoneField,
    PostcodeField,
    StrictSerializer,
    TextField,
)
from bookings.details import Contact, PersonDetails
from bookings.models import Appointment, Booking
from bookings.policies import MOST_PEOPLE
from bookings.references import shown_reference
from clinics.times import LONDON


class ContactSerializer(StrictSerializer):
    """Who books and how to reach them, if at all: nothing of it is needed."""

    name = TextField(required=False)
    relationship = TextField(required=False, max_length=60, help_text="To the people booked: “mother”, for example.")
    phone = PhoneField(required=False, help_text="A mobile gets a text as confirmation.")
    email = EmailField(required=False, help_text="Gets an email as confirmation.")
    language = ChoiceField(settings.LANGUAGES, default=settings.LANGUAGE_CODE, help_text="Of the messages.")
    spoken_language = TextField(required=False, max_length=60)
    interpreter_needed = FlagField(default=False)
    support_needs = TextField(required=False, max_length=500)


class BookedPersonSerializer(StrictSerializer):
    """One person to be booked. Their details are kept as they are sent; no record is read or written."""

    first_name = TextField(max_length=100)
    last_name = TextField(required=False, max_length=100)
    date_of_birth = DayField(past=True)
    date_of_birth_is_approximate = FlagField(default=False)
    nhs_number = NhsNumberField(required=False, help_text="Ten digits; never needed.")
    postcode = PostcodeField(required=False)
    no_fixed_abode = FlagField(default=False)
    gelatine_free = FlagField(default=False, help_text="They ask for a vaccine without gelatine from pigs.")
    extra_time = FlagField(default=False, help_text="Two places one after the other.")
    support_needs = TextField(required=False, max_length=500)


class NewBookingSerializer(StrictSerializer):
    """A booking for one to six people at one clinic: all of them, or none."""

    session = IdField(help_text="The `id` of the clinic.")
    starts_at = MomentField(
        default=None,
        allow_null=True,
        help_text="The first person's time, with its offset from UTC; the others follow one after the other. "
        "Left out or null: any time at which all fit.",
    )
    split = FlagField(default=False, help_text="They may be seated apart where they fit nowhere one after the other.")
    contact = ContactSerializer(required=False)
    people = serializers.ListField(child=BookedPersonSerializer(), min_length=1, max_length=MOST_PEOPLE)


class BookedSessionSerializer(serializers.Serializer):
    """The clinic that a booking is for."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    date = serializers.DateField()


class AppointmentSerializer(serializers.Serializer):
    """One person's time."""

    id = serializers.UUIDField()
    session = serializers.UUIDField(help_text="The `id` of the clinic.")
    starts_at = serializers.DateTimeField(help_text="With its offset from UTC.")
    minutes = serializers.IntegerField()
    state = serializers.ChoiceField(Appointment.State.choices)
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    date_of_birth = serializers.DateField()


class BookingContactSerializer(serializers.Serializer):
    """Who booked."""

    name = serializers.CharField()
    relationship = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()


class BookingSerializer(serializers.Serializer):
    """A booking with its appointments. Only describes what ``shown_booking`` returns."""

    reference = serializers.CharField(help_text="Ten characters. Read back in any case, with spaces or dashes.")
    printed_reference = serializers.CharField(help_text="The same as it is printed and read aloud, in two halves.")
    state = serializers.ChoiceField(
        [("booked", "Booked"), ("cancelled", "Cancelled")], help_text="`cancelled` once every appointment is."
    )
    created_at = serializers.DateTimeField()
    session = BookedSessionSerializer()
    contact = BookingContactSerializer()
    appointments = AppointmentSerializer(many=True)


def details_of(person: Mapping[str, Any]) -> PersonDetails:
    """Return one validated person as the booking action takes them."""
    return PersonDetails(**person)


def contact_of(contact: Mapping[str, Any]) -> Contact:
    """Return the validated contact as the booking action takes it."""
    return Contact(**contact)


def shown_booking(booking: Booking, appointments: Sequence[Appointment]) -> dict[str, Any]:
    """Return a booking as the API shows it. Each appointment's session must be loaded with it."""
    session = appointments[0].session
    stands = any(appointment.state != Appointment.State.CANCELLED for appointment in appointments)
    return {
        "reference": booking.reference,
        "printed_reference": shown_reference(booking.reference),
        "state": "booked" if stands else "cancelled",
        "created_at": booking.created_at.astimezone(LONDON).isoformat(),
        "session": {
            "id": str(session.public_id),
            "slug": session.slug,
            "name": session.name,
            "date": session.date.isoformat(),
        },
        "contact": {
            "name": booking.contact_name,
            "relationship": booking.relationship,
            "phone": booking.phone,
            "email": booking.email,
        },
        "appointments": [
            {
                "id": str(appointment.public_id),
                "session": str(appointment.session.public_id),
                "starts_at": appointment.starts_at.astimezone(LONDON).isoformat(),
                "minutes": appointment.minutes,
                "state": appointment.state,
                "first_name": appointment.first_name,
                "last_name": appointment.last_name,
                "date_of_birth": appointment.date_of_birth.isoformat(),
            }
            for appointment in appointments
        ],
    }
