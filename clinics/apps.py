from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    """What we offer: venues, clinic sessions and their places, products and batches."""

    name = "clinics"
    verbose_name = "Clinics"
