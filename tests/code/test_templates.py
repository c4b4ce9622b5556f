"""Every template is used, and none weakens the content policy."""

import re
from pathlib import Path

from tests.support.source import ROOT, tracked_files

# Looked up by name by a framework, or by a naming rule of ours, so that nothing in the project writes the name out.
NAMED_ELSEWHERE = re.compile(
    r"^nhsuk/(layout/\w+|\w*errors\w*|\w*form\w*|field|inputs)\.html$"  # the pack, by crispy forms
    r"|^(account|mfa|allauth|admin|registration|django|rest_framework|drf_spectacular)/"
    r"|^(400|403|403_csrf|404|429|500|503)\.html$"
)
INLINE = re.compile(
    r"""<style[\s>]|\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|<script(?![^>]*\bsrc=)[^>]*>|javascript:""", re.IGNORECASE
)


def template_files() -> dict[str, Path]:
    """Return each template's name, as a loader knows it, with its path."""
    found = {}
    for path in tracked_files():
        if "templates" in path.parts and path.suffix in {".html", ".txt"} and path.parts[0] != "tests":
            found["/".join(path.parts[path.parts.index("templates") + 1 :])] = path
    return found


def sources() -> str:
    """Return everything in which a template may be named."""
    kinds = {".py", ".html", ".txt", ".jinja"}
    files = [path for path in tracked_files() if path.suffix in kinds and path.parts[0] not in {"tests", "docs"}]
    return "\n".join((ROOT / path).read_text() for path in files)


def unnamed(names: list[str], text: str) -> list[str]:
    """Return the template names that ``text`` does not hold, whole or as the pattern of a family of files."""
    families = re.findall(r"""f["']([a-z_/]*\{[^"']*\}[^"']*)["']""", text)
    patterns = [re.compile("^" + re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(family)) + "$") for family in families]
    return [name for name in names if name not in text and not any(pattern.match(name) for pattern in patterns)]


def inline(text: str) -> list[str]:
    """Return each inline script, style or handler, which the content policy would refuse."""
    return [match.group(0).strip() for match in INLINE.finditer(re.sub(r"{#.*?#}", "", text))]


def test_every_template_is_named_somewhere() -> None:
    names = [name for name in template_files() if not NAMED_ELSEWHERE.match(name)]
    assert names
    assert not unnamed(names, sources())


def test_no_template_has_inline_script_or_style() -> None:
    pages = {name: path for name, path in template_files().items() if path.suffix == ".html"}
    assert not {name: found for name, path in pages.items() if (found := inline((ROOT / path).read_text()))}


def test_a_planted_orphan_is_found() -> None:
    text = """render(request, "clinics/list.html")\nf"messages/{purpose}.{channel}.txt" """
    names = ["clinics/list.html", "messages/booking_confirmation.email.txt", "clinics/forgotten.html"]
    assert unnamed(names, text) == ["clinics/forgotten.html"]


def test_a_planted_inline_handler_is_found() -> None:
    assert len(inline("<p style='x'><a onclick=\"y\"><script>z</script><script src='ok.js'></script><style>")) == 4
