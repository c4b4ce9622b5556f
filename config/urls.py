"""Every address of the service. Each room keeps its own list; this one says where they hang."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from config import api, views

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api.urlpatterns)),
    path("", include("bookings.urls.privacy")),
    path("clinic-day/", include("bookings.urls.clinic_day")),
    path("clinic-day/", include("bookings.urls.clinic_stock")),
    path("coordinate/", include("bookings.urls.coordinate")),
    path("coordinate/guides/", include("bookings.urls.guides")),
    path("coordinate/messages/", include("bookings.urls.messages")),
    path("notify/", include("messaging.urls")),
    # What the public reads: English at the root, every further language under its own prefix.
    *i18n_patterns(
        path("", include("clinics.urls")),
        path("", include("bookings.urls.public")),
        path("", include("bookings.urls.waiting")),
        path("", include("bookings.urls.stopping")),
        path("", include("bookings.urls.answers")),
        prefix_default_language=False,
    ),
]
