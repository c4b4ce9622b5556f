"""Read the forms of a page as a browser would, for those who walk the service without one."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Form:
    """One form: where it goes, and what a browser would send if nobody touched it; ``offered`` has every choice."""

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)

    def names(self) -> set[str]:
        """Every name that can be sent."""
        return set(self.values) | set(self.offered)


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.inside: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, given.get("action", ""))
            self.inside = Form(given.get("method", "get").lower(), action)
            self.forms.append(self.inside)
        elif self.inside is not None and (name := given.get("name")):
            kind = given.get("type", "text")
            if tag == "input" and kind in ("radio", "checkbox"):
                self.inside.offered.setdefault(name, []).append(given.get("value", "on"))
                if "checked" in given:
                    self.inside.values[name] = given.get("value", "on")
            elif tag == "input" and kind != "submit":
                self.inside.values[name] = given.get("value", "")
            elif tag == "textarea":
                self.inside.values.setdefault(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


def forms_of(page: str, address: str) -> list[Form]:
    """Return the forms of ``page``, which stands at ``address``, in the page's order."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.forms
