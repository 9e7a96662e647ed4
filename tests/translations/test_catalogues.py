"""Extraction, merging, compiling and checking, on a small project in a temporary folder."""

import os
from gettext import GNUTranslations
from pathlib import Path

import pytest

from translations.catalogues import (
    CatalogueError,
    catalogue_path,
    check,
    compile_all,
    compile_catalogue,
    extract,
    template_path,
    update,
)

PAGE = """
{# TRANSLATORS: on the button that takes consent back #}
<button>{{ _("Take back") }}</button> {{ both("Your name") }}
"""
CODE = """
from translations import mark
GREETING = mark("Hello %(name)s")
EXPIRED = Message("The link of {day} has expired")
def waiting(count): return ngettext("%(count)s waiver", "%(count)s waivers", count)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A tree like ours, with five messages and no catalogue yet."""
    for folder in ("intake/web/templates", "forms", "pdf", "translations"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "intake/web/templates/page.html").write_text(PAGE, "utf-8")
    (tmp_path / "intake/wording.py").write_text(CODE, "utf-8")
    extract(tmp_path)
    return tmp_path


def write_catalogue(project: Path, code: str, body: str) -> Path:
    path = catalogue_path(code, project)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(header + body, "utf-8")
    return path


def entry(message: str, translation: str, flag: str = "") -> str:
    return f'{flag}msgid "{message}"\nmsgstr "{translation}"\n\n'


COMPLETE = (
    entry("Take back", "Retirar")
    + entry("Your name", "Su nombre")
    + entry("Hello %(name)s", "Hola, %(name)s")
    + entry("The link of {day} has expired", "El enlace del {day} ha caducado")
    + 'msgid "%(count)s waiver"\nmsgid_plural "%(count)s waivers"\n'
    + 'msgstr[0] "una autorización"\nmsgstr[1] "%(count)s autorizaciones"\n'
)


def test_messages_are_found_in_pages_and_code_with_the_notes_for_translators(
    project: Path,
) -> None:
    template = template_path(project).read_text("utf-8")

    for message in ("Take back", "Your name", "Hello %(name)s", "The link of {day} has expired"):
        assert f'msgid "{message}"' in template
    assert 'msgid_plural "%(count)s waivers"' in template
    assert "#. on the button that takes consent back" in template
    assert "#: intake/web/templates/page.html\n" in template


def test_extracting_and_merging_twice_changes_nothing(project: Path) -> None:
    update(project)
    before = template_path(project).read_bytes(), catalogue_path("es", project).read_bytes()

    extract(project)
    update(project)

    after = template_path(project).read_bytes(), catalogue_path("es", project).read_bytes()
    assert after == before
    assert b"Creation-Date" not in before[0] + before[1]


def test_merging_begins_a_karen_catalogue_with_karens_plural_rule(project: Path) -> None:
    update(project)
    update(project)

    karen = catalogue_path("ksw", project).read_text("utf-8")
    assert '"Plural-Forms: nplurals=1; plural=0;\\n"' in karen


def test_a_changed_message_comes_back_untranslated_and_not_as_a_guess(project: Path) -> None:
    path = write_catalogue(project, "es", entry("Take it back", "Retirar"))

    update(project)

    merged = path.read_text("utf-8")
    assert 'msgid "Take back"\nmsgstr ""' in merged
    assert "fuzzy" not in merged


def test_a_complete_catalogue_passes(project: Path) -> None:
    write_catalogue(project, "es", COMPLETE)

    assert check(project, required=("es",)) == []


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (entry("Take back", ""), "missing: 'Take back'"),
        ("", "missing: 'Take back'"),
        (entry("Take back", "Retirar", "#, fuzzy\n"), "fuzzy: 'Take back'"),
    ],
    ids=["empty", "absent", "fuzzy"],
)
def test_the_check_names_a_message_that_families_would_read_in_english(
    project: Path, broken: str, problem: str
) -> None:
    write_catalogue(project, "es", COMPLETE.replace(entry("Take back", "Retirar"), broken))

    [found] = check(project, required=("es",))

    assert problem in found
    assert check(project, required=()) == []


BROKEN = [
    ("Hello %(name)s", "Hola"),
    ("Hello %(name)s", "Hola, %(nombre)s"),
    ("Hello %(name)s", "Hola, %(name)"),
    ("Hello %(name)s", "Hola, 50 % de %(name)s"),
    ("The link of {day} has expired", "El enlace ha caducado"),
    ("The link of {day} has expired", "El enlace del {día} ha caducado"),
    ("The link of {day} has expired", "El enlace del {day ha caducado"),
]


@pytest.mark.parametrize(("message", "translation"), BROKEN)
def test_the_check_finds_placeholders_that_would_break_a_page_in_any_language(
    project: Path, message: str, translation: str
) -> None:
    path = write_catalogue(project, "fr", entry(message, translation))

    [found] = check(project, required=())

    assert found.startswith(f"{path}:")
    assert "placeholder" in found


@pytest.mark.parametrize(("message", "translation"), BROKEN)
def test_a_catalogue_with_wrong_placeholders_leaves_no_compiled_file(
    project: Path, message: str, translation: str
) -> None:
    path = write_catalogue(project, "es", COMPLETE)
    compile_catalogue(path, project)
    compiled = path.with_suffix(".mo")
    assert compiled.exists()
    write_catalogue(project, "es", entry(message, translation))
    compiled_before_the_change(compiled)

    with pytest.raises(CatalogueError, match="placeholder"):
        compile_all(project)

    assert list(path.parent.iterdir()) == [path]


def compiled_before_the_change(compiled: Path) -> None:
    os.utime(compiled, ns=(0, 0))


def test_the_check_finds_a_template_that_the_sources_have_left_behind(project: Path) -> None:
    write_catalogue(project, "es", COMPLETE)
    (project / "forms/more.py").write_text('_("Goodbye")\n', "utf-8")

    [found] = check(project, required=("es",))

    assert "make translations" in found


def test_the_check_misses_no_required_language_that_was_never_begun(project: Path) -> None:
    [found] = check(project, required=("es",))

    assert found.startswith(str(catalogue_path("es", project)))


def test_a_catalogue_of_an_unregistered_language_is_an_error(project: Path) -> None:
    write_catalogue(project, "tlh", "")

    with pytest.raises(CatalogueError, match=r"tlh is not in translations/languages\.toml"):
        compile_all(project)


def test_a_catalogue_that_is_not_utf_8_is_an_error(project: Path) -> None:
    path = write_catalogue(project, "es", "")
    path.write_bytes(path.read_bytes() + 'msgid "a"\nmsgstr "día"\n'.encode("latin-1"))

    with pytest.raises(CatalogueError, match=r"messages\.po"):
        compile_all(project)


@pytest.mark.parametrize(
    "unfinished",
    [
        COMPLETE.replace("Retirar", ""),
        COMPLETE.replace('msgid "Take back"', '#, fuzzy\nmsgid "Take back"'),
    ],
)
def test_an_unfinished_catalogue_is_not_offered(project: Path, unfinished: str) -> None:
    path = write_catalogue(project, "es", COMPLETE)
    assert compile_all(project) == [path]
    assert compile_all(project) == []

    write_catalogue(project, "es", unfinished)
    compiled_before_the_change(path.with_suffix(".mo"))

    assert compile_all(project) == []
    assert list(path.parent.iterdir()) == [path]


def test_a_new_word_on_staffs_own_pages_takes_no_language_away_but_must_be_translated(
    project: Path,
) -> None:
    path = write_catalogue(project, "es", COMPLETE)
    (project / "forms/desk.py").write_text('_("Goodbye")\n', "utf-8")
    extract(project)

    assert compile_all(project) == [path]
    (problem,) = check(project, required=("es",))
    assert "missing" in problem
    assert "Goodbye" in problem


def test_a_new_message_takes_the_languages_away_that_lack_it(project: Path) -> None:
    path = write_catalogue(project, "es", COMPLETE)
    compile_all(project)
    (project / "forms/more.py").write_text('_("Goodbye")\n', "utf-8")
    extract(project)
    compiled_before_the_change(path.with_suffix(".mo"))

    assert compile_all(project) == []
    assert not path.with_suffix(".mo").exists()


def test_a_compiled_karen_catalogue_uses_its_one_plural_form(project: Path) -> None:
    path = write_catalogue(
        project,
        "ksw",
        COMPLETE.partition('msgid "%(count)s waiver')[0]
        + 'msgid "%(count)s waiver"\nmsgid_plural "%(count)s waivers"\n'
        + 'msgstr[0] "%(count)s လံာ်ပျဲ"\n',
    )

    compile_all(project)

    karen = load(path)
    for count in (0, 1, 2, 5):
        waivers = karen.ngettext("%(count)s waiver", "%(count)s waivers", count)
        assert waivers == "%(count)s လံာ်ပျဲ"


def load(path: Path) -> GNUTranslations:
    with path.with_suffix(".mo").open("rb") as file:
        return GNUTranslations(file)
