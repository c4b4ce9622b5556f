"""Collect the words that are to be translated from Python modules and Django templates."""

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

from .public import PARTS

# Whatever follows this in a comment is said to the translator.
FOR_TRANSLATORS = "Translators:"
# The functions that mark words, with what their first arguments are.
_MARKS: dict[str, tuple[str, ...]] = {
    "gettext": ("id",),
    "gettext_lazy": ("id",),
    "gettext_noop": ("id",),
    "ngettext": ("id", "plural"),
    "ngettext_lazy": ("id", "plural"),
    "pgettext": ("context", "id"),
    "pgettext_lazy": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
    "npgettext_lazy": ("context", "id", "plural"),
}
_STRING = r"""u?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
# What templatize leaves of a template: calls of these with strings, comments, and capital letters for the rest.
_CALL = re.compile(rf"(?<!\w)(n?p?gettext|_)\(\s*{_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?")
_COMMENT = re.compile(rf"#\s*{FOR_TRANSLATORS}\s*(.*)")


class Key(NamedTuple):
    """What makes words the same for a catalogue: their context, English, and English plural where they count."""

    context: str
    id: str
    plural: str


@dataclass
class Words:
    """Words to translate, the files they stand in, and what a translator should know."""

    key: Key
    files: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


class Found(NamedTuple):
    """One place where words are marked."""

    key: Key
    line: int
    comment: str


def collect(files: Iterable[Path], root: Path) -> list[Words]:
    """Return the words of the files, each once, in the order in which they are met."""
    words: dict[tuple[str, str], Words] = {}
    for path in files:
        name, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        found = of_python(text, PARTS.get(name, ())) if path.suffix == ".py" else of_template(text, name)
        for each in found:
            # A catalogue knows words by context and English alone; where they also count, its plural forms serve both.
            one = words.setdefault((each.key.context, each.key.id), Words(each.key))
            if each.key.plural:
                one.key = each.key
            if name not in one.files:
                one.files.append(name)
            if each.comment and each.comment not in one.comments:
                one.comments.append(each.comment)
    return list(words.values())


def of_python(source: str, names: Collection[str] = ()) -> list[Found]:
    """Return the words that a module marks, whatever it calls Django's functions; with ``names``, only within those.

    A name is that of a class, a function or a variable of the module.

    Words that are put together while the program runs cannot be found: they must be marked where they stand whole.
    """
    tree = ast.parse(source)
    marks = {
        alias.asname or alias.name: _MARKS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in _MARKS
    }
    comments = _comments(source)
    found = []
    for node in (inner for top in tree.body if not names or names_of(top) & set(names) for inner in ast.walk(top)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in marks:
            continue
        parts = marks[node.func.id]
        words = [arg.value for arg in node.args[: len(parts)] if isinstance(arg, ast.Constant)]
        if len(words) == len(parts) and all(isinstance(word, str) for word in words):
            key = _key(dict(zip(parts, map(str, words), strict=True)))
            found.append(Found(key, node.lineno, comments.get(node.lineno, "")))
    return sorted(found, key=lambda each: each.line)


def names_of(node: ast.stmt) -> set[str]:
    """Return what a statement of a module defines."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _comments(source: str) -> dict[int, str]:
    """Return what is said to translators, by the line it is about: its own, and the first after it."""
    found: dict[int, str] = {}
    said = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            comment = token.string.lstrip("# ")
            if comment.startswith(FOR_TRANSLATORS):
                said = comment.removeprefix(FOR_TRANSLATORS).strip()
                found[token.start[0]] = found[token.start[0] + 1] = said
            elif said and token.start[0] in found:  # the comment goes on
                said = f"{said} {comment}"
                found[token.start[0]] = found[token.start[0] + 1] = said
        elif token.type not in (tokenize.NL, tokenize.NEWLINE):
            said = ""
    return found


def of_template(source: str, name: str) -> list[Found]:
    """Return the words that a template marks, by tags or by ``_("...")``."""
    readable = templatize(source, origin=name)
    said = [(match.start(), _line(readable, match.start()), match[1].strip()) for match in _COMMENT.finditer(readable)]
    return list(_calls(readable, said))


def _calls(readable: str, said: list[tuple[int, int, str]]) -> Iterator[Found]:
    for match in _CALL.finditer(readable):
        line = _line(readable, match.start())
        # A comment is about the words after it, on its own line or the next.
        comment = next((text for at, on, text in reversed(said) if at < match.start() and line - on <= 1), "")
        function = "gettext" if match[1] == "_" else match[1]
        strings = [ast.literal_eval(text) for text in match.groups()[1:] if text]
        yield Found(_key(dict(zip(_MARKS[function], strings, strict=False))), line, comment)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _key(parts: dict[str, str]) -> Key:
    return Key(parts.get("context", ""), parts["id"], parts.get("plural", ""))
