"""The addresses of people and their records in the API."""

from django.urls import path

from immunisations.api.corrections import Corrections
from immunisations.api.facts import LastingFactLift, LastingFacts
from immunisations.api.follow_ups import FollowUpChanges, FollowUps
from immunisations.api.forecasts import PersonForecast
from immunisations.api.judgements import DoseJudgements
from immunisations.api.people import People, PeopleSearch, PersonDetail
from immunisations.api.reactions import Reactions
from immunisations.api.record_checks import RecordChecks
from immunisations.api.vaccinations import Vaccinations

urlpatterns = [
    path("people/", People.as_view(), name="api-people"),
    path("people/search/", PeopleSearch.as_view(), name="api-people-search"),
    path("people/<uuid:public_id>/", PersonDetail.as_view(), name="api-person"),
    path("people/<uuid:public_id>/forecast/", PersonForecast.as_view(), name="api-person-forecast"),
    path("record-checks/", RecordChecks.as_view(), name="api-record-checks"),
    path("vaccinations/", Vaccinations.as_view(), name="api-vaccinations"),
    path("vaccinations/<uuid:public_id>/corrections/", Corrections.as_view(), name="api-vaccination-corrections"),
    path("people/<uuid:public_id>/facts/", LastingFacts.as_view(), name="api-person-facts"),
    path("people/<uuid:public_id>/facts/<slug:fact>/lift/", LastingFactLift.as_view(), name="api-person-fact-lift"),
    path("dose-judgements/", DoseJudgements.as_view(), name="api-dose-judgements"),
    path("reactions/", Reactions.as_view(), name="api-reactions"),
    path("follow-ups/", FollowUps.as_view(), name="api-follow-ups"),
    path("follow-ups/<uuid:public_id>/changes/", FollowUpChanges.as_view(), name="api-follow-up-changes"),
]
