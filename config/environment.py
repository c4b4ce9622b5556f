"""Read settings from the environment; a missing one that has no safe default stops the start with a hint."""

import os

from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str | None = None) -> str:
    """Return the environment variable ``name``, or ``default`` where it is unset or empty.

    Raises ImproperlyConfigured, naming the variable, where there is neither.
    """
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Set it in the environment before starting; CONTRIBUTING.md has the table of settings."
        )
    return value


def env_flag(name: str, *, default: bool) -> bool:
    """Return the environment variable ``name`` read as yes or no ("1", "true", "yes", "on" in any case are yes)."""
    value = os.environ.get(name)
    if not value:
        return default
    return value.strip().lower() in {"1", "true", "yes", "on"}
