from django.apps import AppConfig


class BookingsConfig(AppConfig):
    """Who is coming: the public journey, bookings and the clinic day."""

    name = "bookings"
    verbose_name = "Bookings"

    def ready(self) -> None:
        from bookings import duties, links, messages

        links.register()
        messages.register()
        duties.register()
