from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


def make_cache_table(using: str, **kwargs: object) -> None:
    """After a migration: make the table of the shared cache where it is missing; the limits on sign-in count in it."""
    call_command("createcachetable", database=using, verbosity=0)


class AccountsConfig(AppConfig):
    """Who may: staff, teams, roles, and what was done and looked at."""

    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from accounts.append_only import arm_app

        # No sender: every app's append-only tables are guarded after its own migrations.
        post_migrate.connect(arm_app, dispatch_uid="append-only")
        post_migrate.connect(make_cache_table, sender=self, dispatch_uid="cache-table")
