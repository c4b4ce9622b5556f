"""What the API's list of clinics can be asked for."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from clinics.models import ClinicSession
from clinics.vaccines import Vaccine


class ClinicSessionFilter(django_filters.FilterSet):
    """Where, from when, and with which vaccine."""

    near = django_filters.CharFilter(
        method="keep",
        label="A town or village where clinics are held, or a postcode or part of one. Clinics come nearest first, "
        "each with its distance. Only the town or the outward code is kept.",
        max_length=100,
    )
    vaccine = django_filters.ChoiceFilter(
        field_name="offers__vaccine", choices=Vaccine.choices, label="Only clinics that offer this vaccine."
    )

    class Meta:
        model = ClinicSession
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> Any:
        """Add ``from``, whose name is a word of the language and cannot stand as an attribute."""
        filters = super().get_filters()
        filters["from"] = django_filters.DateFilter(
            field_name="date",
            lookup_expr="gte",
            input_formats=["%Y-%m-%d"],
            label="Only clinics on this day or later, as YYYY-MM-DD; today unless given.",
        )
        return filters

    def keep(self, queryset: "QuerySet[ClinicSession]", name: str, value: str) -> "QuerySet[ClinicSession]":
        """Leave the rows: distances are reckoned by the view, which knows every town."""
        return queryset
