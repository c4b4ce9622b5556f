"""Read the forms of a page as a browser would, for those who walk the service without one."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Form:
    """One form: where it goes, and what a browser would send if nobody touched it.

    ``offered`` has every choice; ``buttons`` the name and value of each button that sends one, wherever it stands.
    """

    method: str
    action: str
    values: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def names(self) -> set[str]:
        """Every name that can be sent, but for those of buttons."""
        return set(self.values) | set(self.offered)

    def pressed(self, name: str) -> list[str]:
        """Return the value of every button of this name."""
        return [value for button, value in self.buttons if button == name]


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.inside: Form | None = None
        # Of the text area that is being read, and of the select: form and name.
        self.writing: tuple[Form, str] | None = None
        self.choosing: tuple[Form, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, given.get("action", ""))
            self.inside = Form(given.get("method", "get").lower(), action)
            self.forms.append(self.inside)
            self.by_id[given.get("id", "")] = self.inside
            return
        if tag == "option" and self.choosing is not None:
            form, name = self.choosing
            form.offered.setdefault(name, []).append(given.get("value", ""))
            if "selected" in given or name not in form.values:
                form.values[name] = given.get("value", "")
            return
        # Something outside of its form says whose it is; its form stands before it.
        form_or_none = self.by_id.get(given["form"]) if "form" in given else self.inside
        if form_or_none is not None and (name := given.get("name", "")):
            self._field(form_or_none, tag, name, given)

    def _field(self, form: Form, tag: str, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if tag == "button" or (tag == "input" and kind == "submit"):
            form.buttons.append((name, given.get("value", "")))
        elif tag == "input" and kind in ("radio", "checkbox"):
            form.offered.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                form.values[name] = given.get("value", "on")
        elif tag == "input":
            form.values[name] = given.get("value", "")
        elif tag == "textarea":
            form.values.setdefault(name, "")
            self.writing = (form, name)
        elif tag == "select":
            self.choosing = (form, name)

    def handle_data(self, data: str) -> None:
        if self.writing is not None:
            form, name = self.writing
            form.values[name] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "textarea":
            self.writing = None
        elif tag == "select":
            self.choosing = None


def forms_of(page: str, address: str) -> list[Form]:
    """Return the forms of ``page``, which stands at ``address``, in the page's order."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.forms
