from django.apps import AppConfig
from django.core.signals import setting_changed

from nhsuk import frame, translations


class NhsukConfig(AppConfig):
    """The user interface kit: components, form fields and the page frame. It knows nothing of the other apps."""

    name = "nhsuk"
    verbose_name = "NHS user interface"

    def ready(self) -> None:
        """Prepare what is the same on every page."""
        translations.shorten_all()
        setting_changed.connect(frame.forget, dispatch_uid="nhsuk.frame")
