"""The public's addresses: booking, and finding a booking again."""

from django.urls import path

from bookings.urls import found
from bookings.views.public import booked, clinic, confirm, family, manage, people, queue, support

_PERSON = "book/<uuid:draft>/people/<int:number>"

urlpatterns = [
    path("book/", people.Book.as_view(), name="book"),
    path("book/clear/", confirm.ClearAnswers.as_view(), name="answers-clear"),
    path("book/cleared/", confirm.AnswersCleared.as_view(), name="answers-cleared"),
    path(f"{_PERSON}/name/", people.PersonName.as_view(), name="book-name"),
    path(f"{_PERSON}/date-of-birth/", people.DateOfBirth.as_view(), name="book-date-of-birth"),
    path(f"{_PERSON}/date-of-birth/about/", people.ApproximateBirth.as_view(), name="book-approximate-birth"),
    path(f"{_PERSON}/date-of-birth/check/", people.CheckAge.as_view(), name="book-check-age"),
    path(f"{_PERSON}/remove/", people.RemovePerson.as_view(), name="book-remove"),
    path(f"{_PERSON}/help/", support.Needs.as_view(), name="book-needs"),
    path(f"{_PERSON}/vaccines/", family.Wanted.as_view(), name="book-wanted"),
    path(f"{_PERSON}/home/", family.Home.as_view(), name="book-home"),
    path(f"{_PERSON}/gp/", family.GpSurgery.as_view(), name="book-gp"),
    path(f"{_PERSON}/nhs-number/", people.NhsNumber.as_view(), name="book-nhs-number"),
    path("book/<uuid:draft>/people/", people.People.as_view(), name="book-people"),
    path("book/<uuid:draft>/clinic/", clinic.ChooseClinic.as_view(), name="book-clinic"),
    path("book/<uuid:draft>/clinic/<uuid:venue>/", clinic.ChooseDay.as_view(), name="book-day"),
    path("book/<uuid:draft>/age/", clinic.TooYoung.as_view(), name="book-too-young"),
    path("book/<uuid:draft>/gelatine/", family.Gelatine.as_view(), name="book-gelatine"),
    path("book/<uuid:draft>/language/", support.Language.as_view(), name="book-language"),
    path("book/<uuid:draft>/help/", support.Help.as_view(), name="book-help"),
    path("book/<uuid:draft>/help/you/", support.MyNeeds.as_view(), name="book-my-needs"),
    path("book/<uuid:draft>/time/", clinic.ChooseTime.as_view(), name="book-time"),
    path("book/<uuid:draft>/about-you/", confirm.AboutYou.as_view(), name="book-about-you"),
    path("book/<uuid:draft>/contact/", confirm.ContactDetails.as_view(), name="book-contact"),
    path("book/<uuid:draft>/check/", confirm.Check.as_view(), name="book-check"),
    path("book/<uuid:draft>/booked/", booked.Booked.as_view(), name="booking-booked"),
    path("book/<uuid:draft>/booked/calendar/", booked.BookedCalendar.as_view(), name="booking-booked-calendar"),
    path("queue/<uuid:token>/", queue.QueuePlace.as_view(), name="queue-place"),
    path("booking/", manage.Find.as_view(), name="booking-find"),
    path("booking/m/<str:token>/", manage.Link.as_view(), name="booking-link"),
    path("booking/appointments/", manage.Manage.as_view(), name="booking-manage"),
    path("booking/calendar/", manage.Calendar.as_view(), name="booking-calendar"),
    *found.urlpatterns,
    path("booking/cancel/", manage.Cancel.as_view(), name="booking-cancel-all"),
    path("booking/cancel/<uuid:appointment>/", manage.Cancel.as_view(), name="booking-cancel"),
]
