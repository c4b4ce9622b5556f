"""The Jinja environment that holds the official macros of the NHS components."""

from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader


def environment(**options: Any) -> Environment:
    """Return the environment for Django's Jinja2 backend: the templates of nhsuk-frontend-jinja and no others.

    The backend's own options are about a project's Jinja templates, of which there are none. Undefined values may be
    followed further (``params.hint.text`` of an absent hint), as the macros expect.
    """
    return Environment(
        loader=PackageLoader("nhsuk_frontend_jinja"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
