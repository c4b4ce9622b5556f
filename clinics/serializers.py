"""How clinics look from outside."""

from datetime import time
from typing import Any

from rest_framework import serializers

from clinics.models import ClinicSession
from clinics.vaccines import Vaccine


class VenueSerializer(serializers.Serializer):
    """Where a clinic is held."""

    name = serializers.CharField()
    address = serializers.CharField()
    town = serializers.CharField()
    postcode = serializers.CharField()


class ClinicSessionSerializer(serializers.Serializer):
    """One clinic on one day. Only describes what ``shown_session`` returns."""

    id = serializers.UUIDField()
    slug = serializers.CharField(help_text="The clinic's page for the public is /clinics/{slug}/.")
    name = serializers.CharField()
    date = serializers.DateField()
    state = serializers.ChoiceField(
        ClinicSession.State.choices, help_text="Bookings are taken only while it is `published`."
    )
    venue = VenueSerializer()
    vaccines = serializers.ListField(child=serializers.ChoiceField(Vaccine.choices), help_text="What is offered.")
    appointment_minutes = serializers.IntegerField()
    drop_in_from = serializers.CharField(
        allow_null=True, help_text="From when one may come without an appointment, as HH:MM in England; null if never."
    )
    drop_in_until = serializers.CharField(allow_null=True)
    for_whom = serializers.CharField(help_text="In plain words; may be empty.")
    languages_spoken = serializers.CharField(help_text="May be empty.")
    distance_miles = serializers.FloatField(
        required=False, allow_null=True, help_text="As the crow flies, where `near` was given."
    )


class ClinicSessionPageSerializer(serializers.Serializer):
    """A page of clinics."""

    count = serializers.IntegerField(help_text="How many there are on all pages.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ClinicSessionSerializer(many=True)


class FreeTimeSerializer(serializers.Serializer):
    """A start with free places."""

    starts_at = serializers.DateTimeField(help_text="With its offset from UTC.")
    free = serializers.IntegerField(min_value=1, help_text="How many people could be vaccinated then.")


class TimesSerializer(serializers.Serializer):
    """The free times of a clinic."""

    times = FreeTimeSerializer(many=True)


def _clock(wall: time | None) -> str | None:
    return f"{wall:%H:%M}" if wall else None


def shown_session(session: ClinicSession) -> dict[str, Any]:
    """Return a clinic as the API shows it. Its venue must be loaded with it, and its offers prefetched."""
    venue = session.venue
    return {
        "id": str(session.public_id),
        "slug": session.slug,
        "name": session.name,
        "date": session.date.isoformat(),
        "state": session.state,
        "venue": {
            "name": venue.name,
            "address": venue.address,
            "town": venue.town,
            "postcode": venue.postcode,
        },
        "vaccines": session.vaccine_codes(),
        "appointment_minutes": session.appointment_minutes,
        "drop_in_from": _clock(session.drop_in_from),
        "drop_in_until": _clock(session.drop_in_until),
        "for_whom": session.for_whom,
        "languages_spoken": session.languages_spoken,
    }
