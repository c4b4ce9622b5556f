"""The Jinja environment that holds the official macros of the NHS components."""

from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader


def environment(**options: Any) -> Environment:
    """Return the environment for Django's Jinja2 backend, its templates being those of nhsuk-frontend-jinja alone.

    Undefined values may be followed further (``params.hint.text`` of an absent hint), as the macros expect.
    """
    options["loader"] = PackageLoader("nhsuk_frontend_jinja")
    options["undefined"] = ChainableUndefined
    options["trim_blocks"] = options["lstrip_blocks"] = True
    return Environment(**options)  # autoescape comes switched on from Django's backend
