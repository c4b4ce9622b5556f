"""The Jinja environment that holds the official macros of the NHS components."""

from collections.abc import Callable
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, TemplateNotFound

FOLDERS = ("nhsuk/components/", "nhsuk/macros/")


class MacroLoader(PackageLoader):
    """Finds the macros, and refuses every other name at once.

    This engine is asked first for each page of ours, and would look for it among the package's files every time.
    """

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool] | None]:
        """Return the source of a macro. Raises ``TemplateNotFound`` for anything else."""
        if not template.startswith(FOLDERS):
            raise TemplateNotFound(template)
        return super().get_source(environment, template)


def environment(**options: Any) -> Environment:
    """Return the environment for Django's Jinja2 backend: the templates of nhsuk-frontend-jinja and no others.

    The backend's own options are about a project's Jinja templates, of which there are none. Undefined values may be
    followed further (``params.hint.text`` of an absent hint), as the macros expect.
    """
    return Environment(
        loader=MacroLoader("nhsuk_frontend_jinja"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
