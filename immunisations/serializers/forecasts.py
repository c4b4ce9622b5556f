"""Forecasts: where every series stands for a person, and why."""

from collections.abc import Collection
from datetime import date
from typing import Any

from rest_framework import serializers

from immunisations.models import Person
from immunisations.queries import Forecast, HistoryDose
from immunisations.schedule import STATUSES, DoseVerdict, SeriesForecast
from immunisations.serializers.times import shown_day


class DoseVerdictSerializer(serializers.Serializer):
    """Whether one dose counts, and why."""

    vaccine = serializers.CharField()
    given_on = serializers.CharField(help_text="As exactly as it is known: YYYY-MM-DD, YYYY-MM or YYYY.")
    counts = serializers.BooleanField(allow_null=True, help_text="Null where it depends on a date not fully known.")
    code = serializers.CharField()
    params = serializers.DictField()
    reason = serializers.CharField(help_text="In English, to the day.")
    rule = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField())


class SeriesForecastSerializer(serializers.Serializer):
    """Where one series stands."""

    series = serializers.CharField()
    status = serializers.ChoiceField([(status, status) for status in STATUSES])
    counted = serializers.IntegerField(help_text="How many doses count.")
    next_dose = serializers.IntegerField(allow_null=True)
    vaccine = serializers.CharField(allow_null=True)
    earliest_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    counts_if_given = serializers.BooleanField(allow_null=True)
    code = serializers.CharField()
    params = serializers.DictField()
    reason = serializers.CharField()
    rule = serializers.CharField()
    doses = DoseVerdictSerializer(many=True)


class ImpossibleDoseSerializer(serializers.Serializer):
    """A dose dated before birth or after the day that was asked about: left out of the reckoning."""

    vaccine = serializers.CharField()
    given_on = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField())


class ForecastSerializer(serializers.Serializer):
    """Where every series stands. Only describes what ``shown_forecast`` returns."""

    person = serializers.UUIDField()
    on = serializers.DateField()
    facts = serializers.ListField(child=serializers.CharField(), help_text="What was taken into account.")
    series = SeriesForecastSerializer(many=True)
    impossible = ImpossibleDoseSerializer(many=True)
    problem = serializers.CharField(help_text="Why nothing can be said, or empty.")


def _why(judged: DoseVerdict | SeriesForecast) -> dict[str, Any]:
    """Return why a dose counts or a series stands as it does."""
    return {"code": judged.code, "params": dict(judged.params), "reason": judged.reason, "rule": judged.rule}


def _verdict(verdict: DoseVerdict) -> dict[str, Any]:
    return {
        "vaccine": verdict.vaccine,
        "given_on": verdict.given_on,
        "counts": verdict.counts,
        **_why(verdict),
        "sources": [str(source) for source in verdict.sources],
    }


def _standing(result: SeriesForecast) -> dict[str, Any]:
    return {
        "series": result.series,
        "status": result.status,
        "counted": result.counted,
        "next_dose": result.next_dose,
        "vaccine": result.vaccine,
        "earliest_on": shown_day(result.earliest_on),
        "due_on": shown_day(result.due_on),
        "counts_if_given": result.counts_if_given,
        **_why(result),
        "doses": [_verdict(verdict) for verdict in result.doses],
    }


def _impossible(dose: HistoryDose) -> dict[str, Any]:
    return {"vaccine": dose.vaccine, "given_on": dose.given_on, "sources": [str(source) for source in dose.sources]}


def shown_forecast(outlook: Forecast, person: Person, on: date, facts: Collection[str]) -> dict[str, Any]:
    """Return where every series stands for ``person`` (a root), as the API shows it."""
    return {
        "person": str(person.public_id),
        "on": on.isoformat(),
        "facts": sorted(facts),
        "series": [_standing(result) for result in outlook.series],
        "impossible": [_impossible(dose) for dose in outlook.impossible],
        "problem": str(outlook.problem),
    }
