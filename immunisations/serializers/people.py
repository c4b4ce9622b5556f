"""People: those to be added, those looked for, and how a person and a search result look."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.serializers import (
    ChoiceField,
    DayField,
    FlagField,
    IdField,
    NhsNumberField,
    PhoneField,
    PostcodeField,
    StrictSerializer,
    TextField,
)
from immunisations.models import Person, Practice
from immunisations.search import Found


class NewPersonSerializer(StrictSerializer):
    """Somebody to be added to a team's people: a first name and a date of birth are enough."""

    team = IdField(required=False, help_text="The `id` of the team; needed only where you work for several.")
    first_name = TextField(max_length=100)
    last_name = TextField(required=False, max_length=100)
    date_of_birth = DayField(past=True)
    date_of_birth_is_approximate = FlagField(default=False)
    sex = ChoiceField(Person.Sex.choices, default="", allow_blank=True)
    nhs_number = NhsNumberField(required=False)
    address = TextField(required=False, max_length=300)
    postcode = PostcodeField(required=False)
    no_fixed_abode = FlagField(default=False)
    gp_registration = ChoiceField(Person.GPRegistration.choices, default=Person.GPRegistration.UNKNOWN.value)
    practice = TextField(required=False, max_length=10, help_text="The ODS code of a GP practice on our list.")
    phone = PhoneField(required=False)
    language = TextField(required=False, max_length=60)
    interpreter_needed = FlagField(default=False)
    note = TextField(required=False, max_length=300, help_text="Only what the person agreed that staff should know.")

    def validate_practice(self, code: str) -> Practice | None:
        """Return the practice with this ODS code, None where none was given."""
        if not code:
            return None
        practice = Practice.objects.filter(ods_code=code.upper()).first()
        if practice is None:
            raise serializers.ValidationError(_("No GP practice with this code is on our list."))
        return practice


class PersonSerializer(serializers.Serializer):
    """A person. Only describes what ``shown_person`` returns."""

    id = serializers.UUIDField(help_text="Of the record that stands for them, where records were merged.")
    team = serializers.UUIDField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    date_of_birth = serializers.DateField()
    date_of_birth_is_approximate = serializers.BooleanField()
    sex = serializers.ChoiceField(Person.Sex.choices, allow_blank=True)
    nhs_number = serializers.CharField(help_text="Ten digits, or empty.")
    address = serializers.CharField()
    postcode = serializers.CharField()
    no_fixed_abode = serializers.BooleanField()
    gp_registration = serializers.ChoiceField(Person.GPRegistration.choices)
    practice = serializers.CharField(help_text="Its ODS code, or empty.")
    phone = serializers.CharField()
    language = serializers.CharField()
    interpreter_needed = serializers.BooleanField()
    note = serializers.CharField()


def shown_person(person: Person) -> dict[str, Any]:
    """Return a person as the API shows them. Team and practice must be loaded with the row, which must be a root."""
    return {
        "id": str(person.public_id),
        "team": str(person.team.public_id),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "date_of_birth_is_approximate": person.date_of_birth_is_approximate,
        "sex": person.sex,
        "nhs_number": person.nhs_number,
        "address": person.address,
        "postcode": person.postcode,
        "no_fixed_abode": person.no_fixed_abode,
        "gp_registration": person.gp_registration,
        "practice": person.practice.ods_code if person.practice else "",
        "phone": person.phone,
        "language": person.language,
        "interpreter_needed": person.interpreter_needed,
        "note": person.note,
    }


class SearchSerializer(StrictSerializer):
    """What is known of somebody who is looked for."""

    team = IdField(required=False)
    text = TextField(
        max_length=200,
        help_text="Parts of a name, a date of birth, an NHS number, a postcode, in any order.",
    )


class FoundPersonSerializer(serializers.Serializer):
    """Somebody whom a search found."""

    id = serializers.UUIDField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    date_of_birth = serializers.DateField()
    nhs_number = serializers.CharField()
    postcode = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField(), help_text="Why they were found, in words.")


class FoundPeopleSerializer(serializers.Serializer):
    """Who was found, best first, 30 at most."""

    results = FoundPersonSerializer(many=True)


def shown_found(found: Found) -> dict[str, Any]:
    """Return somebody whom a search found."""
    person = found.person
    return {
        "id": str(person.public_id),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "nhs_number": person.nhs_number,
        "postcode": person.postcode,
        "why": [str(reason) for reason in found.why],
    }
