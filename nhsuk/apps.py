from django.apps import AppConfig


class NhsukConfig(AppConfig):
    """The user interface kit: components, form fields and the page frame. It knows nothing of the other apps."""

    name = "nhsuk"
    verbose_name = "NHS user interface"
