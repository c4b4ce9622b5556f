from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClinicsConfig(AppConfig):
    """What we offer: venues, clinic sessions and their places, products and batches."""

    name = "clinics"
    verbose_name = "Clinics"

    def ready(self) -> None:
        from clinics.guides.files import load_guides
        from clinics.reference import load_products

        # After every migration and every emptied test database, so that reference data is always there.
        post_migrate.connect(load_products, sender=self, dispatch_uid="clinics-products")
        post_migrate.connect(load_guides, sender=self, dispatch_uid="clinics-guides")
