"""The legal documents: whole in a language or not offered in it, and identified by a hash."""

import dataclasses
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.document import (
    BlockKind,
    Document,
    DocumentError,
    IncompleteLanguage,
    UnknownDocument,
    documents,
    load,
)
from translations import languages

WriteDocument = Callable[..., Document]
FACTS = {
    "partnership": "Kearns Promise Partnership",
    "phone": "801-736-7717",
    "email": "helpdesk@example.org",
    "end_date": "2027-06-30",
}
NOTICES = ("voluntary", "services_unaffected", "immigration_unaffected")
EVERY_TEXT = [
    pytest.param(name, code, id=f"{name}-{code}")
    for name in documents()
    for code in load(name).complete_languages()
]


# --- offering ---


def test_a_language_with_every_word_is_offered(write_document: WriteDocument) -> None:
    document = write_document()

    assert document.complete_languages() == ("en",)
    text = document.text("en")
    assert text.title == "Permission"
    assert [block.id for block in text.blocks] == ["voluntary", "elements", "questions"]
    assert [block.kind for block in text.blocks] == [
        BlockKind.NOTICE,
        BlockKind.ELEMENTS,
        BlockKind.PARAGRAPH,
    ]
    assert text.block("elements").text == ""
    assert text.element_ids == ("grades",)
    assert text.purpose_ids == ("academic_support",)
    assert text.partner_class_ids == ("health_care_providers",)
    assert text.columns == ("Information", "What it is for")


@pytest.mark.parametrize(
    ("written", "instead", "place"),
    [
        ('title = "Permission"', "", "title has no words"),
        ('voluntary = "It is your choice."', "", "blocks.voluntary has no words"),
        ("It is your choice.", "  ", "blocks.voluntary has no words"),
        ('grades = "Grades"', "", "elements.grades has no words"),
        ('purpose = "What it is for"', "", "columns.purpose has no words"),
        ("Call {phone}.", "Call us.", "blocks.questions lacks the placeholder {phone}"),
        ("It is your choice.", "Call {phone}.", "blocks.voluntary has the placeholder {phone}"),
        ("Call {phone}.", "Call {phone} {fax}.", "blocks.questions has the placeholder {fax}"),
        ("Call {phone}.", "Call {phone} {Fax}.", "blocks.questions has a brace"),
        ("[columns]", 'more = "More"\n[columns]', "blocks.more is not part of this document"),
        ('state = "source"', 'state = "done"', "[translation] needs a state"),
        ('title = "Permission"', 'title = "Permission', "es.toml: "),
    ],
)
def test_a_language_that_lacks_or_adds_anything_is_not_offered_and_the_message_says_where(
    write_document: WriteDocument, english: str, written: str, instead: str, place: str
) -> None:
    assert written in english
    document = write_document(es=english.replace(written, instead))

    assert document.complete_languages() == ("en",)
    with pytest.raises(IncompleteLanguage) as caught:
        document.text("es")
    assert "es.toml" in str(caught.value)
    assert place in str(caught.value)


@pytest.mark.parametrize("code", ["so", "xx", "", "../en", "en.toml"])
def test_a_language_without_a_file_or_unknown_to_the_registry_is_refused(
    write_document: WriteDocument, code: str
) -> None:
    with pytest.raises(IncompleteLanguage):
        write_document().text(code)


# --- finding ---


@pytest.mark.parametrize("name", ["nothing", "", "..", "../documents/ferpa_waiver"])
def test_an_unknown_document_is_refused_and_the_known_ones_are_named(name: str) -> None:
    with pytest.raises(UnknownDocument, match="ferpa_waiver"):
        load(name)


def test_an_unknown_version_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UnknownDocument, match="2026-1"):
        load("ferpa_waiver", "1999-1")


def test_the_newest_version_is_the_default_and_ten_is_newer_than_nine(
    tmp_path: Path, structure: str
) -> None:
    for version in ("2026-9", "2026-10", "2025-12"):
        directory = tmp_path / "waiver" / version
        directory.mkdir(parents=True)
        (directory / "document.toml").write_text(structure, "utf-8")

    assert load("waiver", root=tmp_path).version == "2026-10"
    assert load("waiver", "2025-12", tmp_path).version == "2025-12"


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ('kind = "notice"', 'kind = "poem"', "poem"),
        ('section = "about"', "", "section"),
        ('id = "questions"', 'id = "voluntary"', "block voluntary is there twice"),
        ('["grades"]', '["grades", "grades"]', "element grades is there twice"),
        ("[[blocks]]", "[[blocks", "document.toml"),
    ],
)
def test_a_broken_structure_is_refused(
    write_document: WriteDocument, structure: str, written: str, instead: str, message: str
) -> None:
    with pytest.raises(DocumentError, match=message):
        write_document(structure=structure.replace(written, instead))


# --- filling and hashing ---


def test_a_filled_text_holds_the_facts_and_no_placeholder(write_document: WriteDocument) -> None:
    filled = write_document().text("en").fill(FACTS)

    assert filled.block("questions").text == "Call 801-736-7717."
    assert not filled.placeholders


@pytest.mark.parametrize("values", [{}, {"phone": ""}, {"phone": "  "}])
def test_a_text_with_a_hole_is_never_made(
    write_document: WriteDocument, values: dict[str, str]
) -> None:
    with pytest.raises(KeyError, match="phone"):
        write_document().text("en").fill(values)


def test_a_fact_that_looks_like_a_placeholder_stays_as_it_is(
    write_document: WriteDocument,
) -> None:
    filled = write_document().text("en").fill({"phone": "{phone}"})

    assert filled.block("questions").text == "Call {phone}."


def test_facts_are_isolated_in_right_to_left_languages_only(
    write_document: WriteDocument, english: str
) -> None:
    document = write_document(ar=english)

    assert document.text("ar").fill(FACTS).block("questions").text == (
        "Call \u2068801-736-7717\u2069."
    )
    assert "\u2068" not in document.text("en").fill(FACTS).block("questions").text


def test_the_hash_is_the_same_for_the_same_words_in_another_process_or_folder(
    write_document: WriteDocument,
) -> None:
    first, second = write_document().text("en"), write_document().text("en")

    assert first.sha256 == second.sha256
    # Kept in consents for years: a change of the canonical form would orphan them.
    assert first.sha256 == "5a83402ca66e682a627eb880dfb597c953abb3728eed0979080f985989066e04"


def test_any_change_of_a_text_changes_its_hash(write_document: WriteDocument, english: str) -> None:
    words = ["Permission", "choice", "Call", "Information", "is for", "From", "doing", "Grades"]
    words += ["Health", "the school"]
    hashes = {
        write_document(en=english.replace(word, f"{word}s")).text("en").sha256 for word in words
    }
    text = write_document().text("en")
    hashes |= {text.sha256, text.fill(FACTS).sha256}
    hashes |= {text.fill(FACTS | {"phone": "801-736-7718"}).sha256}
    hashes |= {dataclasses.replace(text, version="2026-2").sha256}
    hashes |= {dataclasses.replace(text, language="es").sha256}
    hashes |= {dataclasses.replace(text, blocks=text.blocks[::-1]).sha256}

    assert len(hashes) == len(words) + 6


def test_texts_are_nfc_however_the_file_or_the_facts_were_typed(
    write_document: WriteDocument, english: str
) -> None:
    composed = write_document(es=english.replace("choice", "elección"))
    decomposed = write_document(
        es=english.replace("choice", unicodedata.normalize("NFD", "elección"))
    )

    assert decomposed.text("es") == composed.text("es")
    assert composed.text("es").fill({"phone": "n\u0303"}).block("questions").text == "Call ñ."


# --- the real documents ---


def test_the_documents_of_the_programme_exist() -> None:
    assert set(documents()) == {
        "data_use",
        "ferpa_waiver",
        "partial_revocation",
        "privacy_posting",
        "revocation",
    }


@pytest.mark.parametrize("name", ["data_use", "privacy_posting"])
def test_what_is_shared_is_said_in_the_waivers_own_words(name: str) -> None:
    document = load(name)
    assert document.complete_languages()
    for code in document.complete_languages():
        waiver, text = load("ferpa_waiver", "2026-1").text(code), document.text(code)
        assert (text.element_groups, text.columns) == (waiver.element_groups, waiver.columns)


@pytest.mark.parametrize(("name", "code"), EVERY_TEXT)
def test_every_offered_text_can_be_filled_with_the_facts_of_a_partnership(
    name: str, code: str
) -> None:
    text = load(name).text(code).fill(FACTS)

    assert not text.placeholders
    for block in text.blocks:
        assert block.text or block.kind is BlockKind.ELEMENTS


@pytest.mark.parametrize(("name", "code"), EVERY_TEXT)
def test_every_offered_text_carries_the_notices_nobody_may_miss(name: str, code: str) -> None:
    text = load(name).text(code)
    notices = {block.id for block in text.blocks if block.kind is BlockKind.NOTICE}

    # A revocation has no "voluntary": nobody asks for it.
    assert set(NOTICES[1:] if name.endswith("revocation") else NOTICES) <= notices


@pytest.mark.parametrize("name", documents())
def test_every_document_is_whole_in_every_registered_language(name: str) -> None:
    assert set(load(name).complete_languages()) == set(languages())


def test_no_document_has_a_language_outside_the_registry() -> None:
    for name in documents():
        document = load(name)
        files = {path.stem for path in document.directory.glob("*.toml")}
        assert files - {"document", "propositions"} <= set(languages())


def test_the_waiver_names_what_the_law_wants_named() -> None:
    text = load("ferpa_waiver").text("en")

    assert [block.id for block in text.section("statement")] == [
        "consent_statement",
        "decline_statement",
    ]
    assert len(text.element_ids) == 26  # 34 CFR 99.30(b)(1)
    assert text.purpose_ids == (  # (b)(2)
        "data_quality",
        "equity",
        "access_and_programs",
        "academic_support",
        "program_strategies",
    )
    assert text.partner_class_ids == (  # (b)(3)
        "community_organizations",
        "government_organizations",
        "health_care_providers",
    )
