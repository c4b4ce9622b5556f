from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may: staff, teams, roles, and what was done and looked at."""

    name = "accounts"
    verbose_name = "Accounts"
