from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """Who may: staff, teams, roles, and what was done and looked at."""

    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from accounts.append_only import arm_app

        # No sender: every app's append-only tables are guarded after its own migrations.
        post_migrate.connect(arm_app, dispatch_uid="append-only")
