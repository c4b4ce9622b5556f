"""Lists of people and fast entry, beside the clinic's other screens."""

from django.urls import path

from bookings.views.clinic_day import fast, fast_person
from bookings.views.clinic_day import people_list as views
from bookings.views.clinic_day.people_list_add import PeopleListAdd

LIST = "<uuid:session>/people-list/"

urlpatterns = [
    path(LIST, views.PeopleList.as_view(), name="people-list"),
    path(LIST + "add/", PeopleListAdd.as_view(), name="people-list-add"),
    path(LIST + "add-one/", views.PeopleListOne.as_view(), name="people-list-one"),
    path(LIST + "report/", views.PeopleListReport.as_view(), name="people-list-report"),
    path(LIST + "report/file/", views.PeopleListFile.as_view(), name="people-list-file"),
    path(LIST + "<uuid:entry>/off/", views.PeopleListOff.as_view(), name="people-list-off"),
    path("<uuid:session>/fast/", fast.FastSetUp.as_view(), name="fast"),
    path("<uuid:session>/fast/next/", fast.FastNext.as_view(), name="fast-next"),
    path("<uuid:session>/fast/<uuid:person>/", fast_person.FastPerson.as_view(), name="fast-person"),
]
