"""The interface strings' life: found in the sources, merged, compiled, checked.

``python -m translations.catalogues extract|update|compile|check`` does what pybabel
does, and four things that pybabel doesn't: it knows S'gaw Karen, it leaves no dates
and line numbers that make every commit differ, it refuses to compile a message whose
placeholders would break a page, and it says what a required language still lacks.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from translations import UnknownLanguage, language

PROJECT = "ferpa-waiver-intake"
ROOT = Path(__file__).resolve().parents[1]

REQUIRED = ("ar", "es", "fa", "fr", "ksw", "my", "ne", "so", "sw")
"""Languages whose catalogue must be whole before anything lands; English is the msgids."""

STAFF_ONLY = (
    "intake/web/accounts",
    "intake/web/desk",
    "intake/web/coordinator",
    "intake/web/templates/accounts",
    "intake/web/templates/desk",
    "intake/web/templates/coordinator",
    "forms/accounts.py",
    "forms/desk.py",
    "forms/front_desk.py",
    "forms/coordinator.py",
    "forms/looks.py",
    "intake/accounts",
    "intake/staffing",
    "intake/web/family/kiosk_routes.py",
    "intake/web/templates/family/kiosk_leave.html",
    "intake/paper/words.py",
    "intake/reminders.py",
    "pdf/scan/sentences.py",
)
"""Where strings stand that no family meets: a new one takes no language away from families. Before
it lands it has to be translated all the same."""

SOURCES = ("intake", "forms", "pdf")
METHODS = [
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**.py", "python"),
]
OPTIONS = {"**/templates/**.html": {"silent": "false"}, "**/templates/**.txt": {"silent": "false"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "mark": None,
    "both": None,
    "say": None,
    "Message": None,
}

_PERCENT_NAME = re.compile(r"%\((\w+)\)[#0\- +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")
_NOISE = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By): .*\n'
    rb'|^".*(?:EMAIL@ADDRESS|LL@li\.org).*\n',
    re.MULTILINE,
)


class CatalogueError(Exception):
    """A catalogue that can't be used; ``problems`` has one line for each reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def template_path(root: Path = ROOT) -> Path:
    """The template that every catalogue is merged with."""
    return root / "translations" / "messages.pot"


def catalogue_path(code: str, root: Path = ROOT) -> Path:
    """The catalogue of one language, which translators edit."""
    return root / "translations" / code / "LC_MESSAGES" / "messages.po"


def catalogue_paths(root: Path = ROOT) -> list[Path]:
    """Every catalogue that exists, sorted by language code."""
    return sorted((root / "translations").glob("*/LC_MESSAGES/messages.po"))


def template_text(root: Path = ROOT) -> bytes:
    """The template as the sources have it now."""
    catalogue = Catalog(
        project=PROJECT,
        version="interface",
        header_comment="# The interface strings, as found in the sources by `make translations`.",
        fuzzy=False,
    )
    for source in SOURCES:
        for name, line, message, comments, context in extract_from_dir(
            root / source,
            METHODS,
            OPTIONS,
            KEYWORDS,
            comment_tags=("TRANSLATORS:",),
            strip_comment_tags=True,
        ):
            location = (f"{source}/{name}", line)
            catalogue.add(message, None, [location], auto_comments=comments, context=context)
    return _text(catalogue)


def extract(root: Path = ROOT) -> None:
    """Write the template anew."""
    template_path(root).write_bytes(template_text(root))


def update(root: Path = ROOT) -> None:
    """Merge the template into every catalogue; begin those of required languages.

    A changed English string comes back untranslated, never as a fuzzy guess: a guess
    may say the opposite of what the family is asked.
    """
    template = _template(root)
    begun = {path.parents[1].name for path in catalogue_paths(root)}
    for code in sorted(begun | set(REQUIRED)):
        path = catalogue_path(code, root)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = _begin(code) if code not in begun else _read(path)
        catalogue.update(template, no_fuzzy_matching=True)
        path.write_bytes(_text(catalogue))


def compile_catalogue(path: Path, root: Path = ROOT) -> bool:
    """Compile one catalogue next to itself; False when the .mo was already newer.

    One that lacks a message of the template gets no .mo: its language isn't offered, since
    families never meet a page half in English. Raises CatalogueError, and removes the .mo,
    when a translation's placeholders would break the page that shows it.
    """
    compiled, template = path.with_suffix(".mo"), template_path(root)
    sources = [source for source in (path, template) if source.exists()]
    newest = max(source.stat().st_mtime_ns for source in sources)
    if compiled.exists() and compiled.stat().st_mtime_ns >= newest:
        return False
    compiled.unlink(missing_ok=True)
    catalogue = _read(path)
    if problems := list(_placeholder_problems(path, catalogue)):
        raise CatalogueError(problems)
    if template in sources and any(_gaps(path, catalogue, _template(root), staff=False)):
        return False
    unfinished = compiled.with_suffix(".mo.new")
    with unfinished.open("wb") as file:
        write_mo(file, catalogue, use_fuzzy=False)
    unfinished.replace(compiled)
    return True


def compile_all(root: Path = ROOT) -> list[Path]:
    """Compile every catalogue that changed, and return those.

    Raises CatalogueError with the problems of all of them.
    """
    changed, problems = [], []
    for path in catalogue_paths(root):
        try:
            if compile_catalogue(path, root):
                changed.append(path)
        except CatalogueError as error:
            problems += error.problems
    if problems:
        raise CatalogueError(problems)
    return changed


def check(root: Path = ROOT, required: tuple[str, ...] = REQUIRED) -> list[str]:
    """What keeps the catalogues from being shown to families, one line for each.

    Required languages must have every message that families meet; beyond that, a translation
    must only not break a page.
    """
    template = template_path(root)
    if not template.exists() or template.read_bytes() != template_text(root):
        return [f"{template}: not what the sources say now; run `make translations`"]
    wanted = _template(root)
    problems = []
    for code in required:
        if not catalogue_path(code, root).exists():
            problems.append(f"{catalogue_path(code, root)}: missing; run `make translations`")
    for path in catalogue_paths(root):
        try:
            catalogue = _read(path)
        except CatalogueError as error:
            problems += error.problems
            continue
        problems += _placeholder_problems(path, catalogue)
        if path.parents[1].name in required:
            problems += _gaps(path, catalogue, wanted, staff=True)
    return problems


def _template(root: Path) -> Catalog:
    return read_po(BytesIO(template_path(root).read_bytes()))


def _begin(code: str) -> Catalog:
    return Catalog(
        locale=language(code).babel_locale,
        project=PROJECT,
        version="interface",
        header_comment=f"# {language(code).english_name}: the interface strings.",
        fuzzy=False,
    )


def _read(path: Path) -> Catalog:
    code = path.parents[1].name
    try:
        with path.open("rb") as file:
            return read_po(file, locale=language(code).babel_locale, abort_invalid=True)
    except UnknownLanguage:
        problem = f"{path}: {code} is not in translations/languages.toml"
        raise CatalogueError([problem]) from None
    except (PoFileError, UnicodeDecodeError) as error:
        raise CatalogueError([f"{path}: {error}"]) from None


def _text(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=100, include_lineno=False)
    header, blank, messages = buffer.getvalue().partition(b"\n\n")
    return _NOISE.sub(b"", header + b"\n").rstrip(b"\n") + blank + messages


def _gaps(path: Path, catalogue: Catalog, wanted: Catalog, *, staff: bool) -> Iterator[str]:
    """What is missing; with or without the strings of staff's own pages."""
    for message in wanted:
        if not message.id or (not staff and _is_staff_only(message)):
            continue
        translated = catalogue.get(message.id, message.context)
        if translated is None or not all(_forms(translated)):
            line = f":{translated.lineno}" if translated and translated.lineno else ""
            yield f"{path}{line}: missing: {_shown(message)}"
        elif translated.fuzzy:
            yield f"{path}:{translated.lineno}: fuzzy: {_shown(message)}"


def _is_staff_only(message: Message) -> bool:
    places = [place for place, _ in message.locations]
    return bool(places) and all(place.startswith(STAFF_ONLY) for place in places)


def _placeholder_problems(path: Path, catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        if problem := _placeholder_problem(message, catalogue):
            yield f"{path}:{message.lineno}: {problem}: {_shown(message)}"


def _placeholder_problem(message: Message, catalogue: Catalog) -> str | None:
    ids = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
    forms = [form for form in _forms(message) if form]
    try:
        known = set().union(*map(_names, ids))
        for form in forms:
            if strange := _names(form) - known:
                return f"placeholder {_listed(strange)} is not in the English"
        # "one" may drop the number that "other" needs; the last form is the one for many.
        if forms and (lost := _names(ids[-1]) - _names(forms[-1])):
            return f"placeholder {_listed(lost)} is missing"
        # Finds what comparing names does not: in "50 % de %(name)s" there is a "% d".
        for form in forms:
            if _percent_names(ids[-1]):
                _ = form % dict.fromkeys(_percent_names("".join(ids)), 1)
    except (ValueError, TypeError, KeyError) as error:
        return f"placeholder broken ({error})"
    return next((str(error) for error in message.check(catalogue)), None)


def _names(text: str) -> set[str]:
    """Placeholders of both styles, written as in the text."""
    percent = {f"%({name})s" for name in _percent_names(text)}
    return percent | {f"{{{name}}}" for name in _brace_names(text)}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _percent_names(text: str) -> set[str]:
    return set(_PERCENT_NAME.findall(text.replace("%%", "")))


def _brace_names(text: str) -> set[str]:
    """Names in ``{braces}``; raises ValueError when a brace is never closed."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _forms(message: Message) -> list[str]:
    """The translation's plural forms, or the one that there is; empty where untranslated."""
    if isinstance(message.string, tuple | list):
        return [form or "" for form in message.string]
    return [message.string or ""]


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return repr(text if len(text) <= 70 else text[:69] + "…")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 1 when a catalogue is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m translations.catalogues")
    parser.add_argument("command", choices=["extract", "update", "compile", "check"])
    command = parser.parse_args(arguments).command
    try:
        if command == "extract":
            extract()
        elif command == "update":
            update()
        elif command == "compile":
            compile_all()
        problems = check() if command == "check" else []
    except CatalogueError as error:
        problems = error.problems
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
