"""The public's addresses of a booking that was found again: changing it, adding to it, and the health questions."""

from django.urls import path

from bookings.views.public import adding, changing, contact_change, health, manage, new_clinic, new_time

urlpatterns = [
    path("booking/late/", manage.RunningLate.as_view(), name="booking-late"),
    path("booking/card/", manage.DeskCard.as_view(), name="booking-card"),
    path("booking/contact/", contact_change.ChangeContact.as_view(), name="booking-contact"),
    path("booking/change/", changing.ChangeTime.as_view(), name="booking-change"),
    path("booking/new/<uuid:draft>/day/", new_clinic.NewDay.as_view(), name="booking-new-day"),
    path("booking/new/<uuid:draft>/clinic/", new_clinic.NewClinic.as_view(), name="booking-new-clinic"),
    path("booking/new/<uuid:draft>/time/", new_time.NewTime.as_view(), name="booking-new-time"),
    path("booking/new/<uuid:draft>/check/", new_time.NewCheck.as_view(), name="booking-new-check"),
    path("booking/add/", adding.BeginAdding.as_view(), name="booking-add"),
    path("booking/add/<uuid:draft>/name/", adding.AddPerson.as_view(), name="booking-add-name"),
    path("booking/add/<uuid:draft>/date-of-birth/", adding.AddBirth.as_view(), name="booking-add-birth"),
    path("booking/add/<uuid:draft>/date-of-birth/check/", adding.AddCheckAge.as_view(), name="booking-add-check-age"),
    path("booking/add/<uuid:draft>/help/", adding.AddHelp.as_view(), name="booking-add-help"),
    path("booking/add/<uuid:draft>/gelatine/", adding.AddGelatine.as_view(), name="booking-add-gelatine"),
    path("booking/health/", health.HealthStart.as_view(), name="booking-health"),
    path("booking/health/<uuid:draft>/check/", health.HealthCheck.as_view(), name="booking-health-check"),
    path("booking/health/<uuid:draft>/<int:number>/", health.HealthQuestion.as_view(), name="booking-health-question"),
]
