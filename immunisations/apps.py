from django.apps import AppConfig


class ImmunisationsConfig(AppConfig):
    """The person's record: record checks, consent, screening, vaccinations."""

    name = "immunisations"
    verbose_name = "Immunisations"

    def ready(self) -> None:
        from immunisations import messages

        messages.register()
