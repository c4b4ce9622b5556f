from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """What we say and sent: the outbox, its channels and its worker."""

    name = "messaging"
    verbose_name = "Messages"
