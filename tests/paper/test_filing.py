"""What becomes of papers that the reader is sure about."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from forms.choices import Relationship
from intake.consents.decide import Reason
from intake.consents.states import Assurance, Channel, ConsentState, EventKind
from intake.documents.model import DocumentKind, SealedDocument
from intake.documents.store import read_document
from intake.paper.model import OutcomeReason, PageOutcome, PaperState
from pdf.verify import verify
from tests.paper.tray import BLANK, FOREIGN, Tray, form, letter, no, scan, text_page, yes


def test_a_signed_and_dated_yes_becomes_a_consent(tray: Tray) -> None:
    student = tray.student()
    told = tray.take_in(*yes(tray.printed(student)), BLANK)
    assert (told.pages, told.filed, told.blank, told.review, told.rejected) == (3, 2, 1, 0, 0)
    [consent] = tray.consents()
    assert consent.state is ConsentState.ACTIVE
    assert consent.assurance is Assurance.PAPER
    assert consent.channel is Channel.PAPER
    assert consent.relationship_kind is Relationship.PARENT
    assert consent.signer_name == "Signed on paper"
    assert tray.permits(student)
    assert EventKind.PAPER_SETTLED in [event.kind for event in tray.events()]
    tray.check()


def test_its_sealed_document_shows_the_scan_and_says_how_it_was_read(tray: Tray) -> None:
    tray.take_in(*yes(tray.printed(tray.student())))
    [consent] = tray.consents()
    with tray.installation.database.read() as session:
        pdf = read_document(session, tray.installation.storage, consent.document_sha256)
        [document] = session.scalars(select(SealedDocument)).all()
    assert document.kind is DocumentKind.WAIVER
    report = verify(pdf)
    assert report.sealed
    assert report.intact
    assert report.covers_whole_file
    assert report.record_matches
    assert report.record is not None
    assert report.record["channel"] == "paper"
    assert [page["findings"]["form"] for page in report.record["paper"]["pages"]] == [
        "text",
        "consent",
    ]
    reader = PdfReader(BytesIO(pdf))
    assert len(reader.pages) >= 3
    for number, page in enumerate(reader.pages[:2], 1):
        contents = page.get_contents()
        assert contents is not None
        assert f"/Scan{number} Do".encode() in contents.get_data()
    text = "".join(page.extract_text() for page in reader.pages)
    assert "signature: present" in text
    assert "Emma Johnson" in text


def test_a_no_becomes_a_decline_and_withdraws(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    told = tray.take_in(*no(tray.printed(student), date="absent"))
    assert told.filed == 2
    assert [consent.state for consent in tray.consents()] == [
        ConsentState.REVOKED,
        ConsentState.DECLINED,
    ]
    assert not tray.permits(student)
    tray.check()


def test_a_revocation_takes_back_at_once(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    told = tray.take_in(letter(tray.letter_for(student)))
    assert told.counts[PageOutcome.FILED, OutcomeReason.REVOCATION] == 1
    assert tray.decision(student).reason is Reason.REVOKED
    assert tray.revocations()[0].channel is Channel.PAPER
    tray.check()


def test_a_revocation_of_nothing_is_shown_as_such(tray: Tray) -> None:
    told = tray.take_in(letter(tray.letter_for(tray.student())))
    assert told.counts[PageOutcome.FILED, OutcomeReason.NOTHING_TO_REVOKE] == 1
    assert tray.revocations() == []
    tray.check()


def test_a_revocation_wins_over_a_yes_in_the_same_batch(tray: Tray) -> None:
    student = tray.student()
    told = tray.take_in(*yes(tray.printed(student)), letter(tray.letter_for(student)))
    assert (told.filed, told.review) == (1, 2)
    assert tray.asked() == "signed_later"
    assert tray.consents() == []


def test_a_yes_of_an_earlier_date_never_undoes_a_revocation(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    tray.take_in(letter(tray.letter_for(student)))
    assert tray.take_in(*yes(tray.printed(student))).review == 2
    assert not tray.permits(student)
    tray.answer_next("earlier")
    tray.settle()
    assert tray.papers()[-1].reason is OutcomeReason.REVOKED_SINCE
    assert not tray.permits(student)
    tray.take_in(*yes(tray.printed(student)))
    tray.answer_next("later")
    tray.settle()
    assert tray.permits(student)
    tray.check()


def test_pages_in_any_order_and_in_two_files_are_one_paper(tray: Tray) -> None:
    one, other = tray.printed(tray.student()), tray.printed(tray.student("Ali"))
    batch = tray.batch(
        scan([form(one, choice="yes", signature="present", date="present"), text_page(other)]),
        scan([form(other, choice="no", signature="present", date="present"), text_page(one)]),
    )
    assert tray.process(batch).filed == 4
    assert sorted(consent.granted for consent in tray.consents()) == [False, True]


def test_a_missing_page_waits_and_comes_in_the_next_batch(tray: Tray) -> None:
    waiver = tray.printed(tray.student())
    first = tray.batch(scan(yes(waiver)[1:]))
    assert tray.process(first).review == 1
    assert tray.asked() == "missing_pages"
    second = tray.take_in(text_page(waiver))
    assert second.filed == 1
    assert tray.summary(first).filed == 1
    assert tray.next() is None
    tray.check()


def test_text_without_its_form_waits(tray: Tray) -> None:
    assert tray.take_in(text_page(tray.printed(tray.student()))).review == 1
    assert tray.asked() == "missing_pages"


def test_of_a_photocopy_the_better_one_is_kept(tray: Tray) -> None:
    waiver = tray.printed(tray.student())
    worse, better = (
        form(waiver, choice="yes", signature="present", date="present", confidence=c)
        for c in (0.6, 0.9)
    )
    told = tray.take_in(text_page(waiver), worse, better)
    assert (told.filed, told.rejected) == (2, 1)
    assert told.counts[PageOutcome.REJECTED, OutcomeReason.PHOTOCOPY] == 1


def test_copies_that_read_differently_go_to_a_person(tray: Tray) -> None:
    waiver = tray.printed(tray.student())
    told = tray.take_in(*yes(waiver), form(waiver, choice="no", signature="present", date="absent"))
    assert told.review == 3
    assert tray.asked() == "which_choice"


def test_a_paper_that_is_filed_already_is_not_filed_again(tray: Tray) -> None:
    waiver = tray.printed(tray.student())
    tray.take_in(*yes(waiver))
    told = tray.take_in(*yes(waiver))
    assert told.counts[PageOutcome.REJECTED, OutcomeReason.ALREADY_FILED] == 2
    assert len(tray.consents()) == 1
    tray.check()


def test_a_filed_paper_that_was_altered_goes_to_a_person(tray: Tray) -> None:
    student = tray.student()
    waiver = tray.printed(student)
    tray.take_in(*yes(waiver))
    assert tray.take_in(*no(waiver)).review == 2
    assert tray.decision(student).reason is Reason.ON_HOLD
    assert tray.asked() == "same_student_twice"
    tray.answer_next("counts")
    tray.settle()
    assert tray.decision(student).reason is not Reason.ON_HOLD
    assert not tray.permits(student)
    tray.check()


def test_two_waivers_with_different_answers_both_wait_and_deny(tray: Tray) -> None:
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)))
    told = tray.take_in(*yes(tray.printed(student)), *no(tray.printed(student)))
    assert told.review == 4
    assert tray.decision(student).reason is Reason.ON_HOLD
    assert {tray.asked("ann"), tray.asked("bob")} == {"same_student_twice"}
    tray.check()


def test_two_waivers_with_the_same_answer_are_both_filed(tray: Tray) -> None:
    student = tray.student()
    told = tray.take_in(*yes(tray.printed(student)), *yes(tray.printed(student)))
    assert told.filed == 4
    assert sorted(consent.state.value for consent in tray.consents()) == ["active", "superseded"]
    tray.check()


def test_another_programme_is_shown_and_kept(tray: Tray) -> None:
    told = tray.take_in(FOREIGN)
    assert told.counts[PageOutcome.REJECTED, OutcomeReason.FOREIGN] == 1


def test_a_version_that_nobody_knows_waits(tray: Tray) -> None:
    waiver = tray.printed(tray.student(), version="2031-1")
    pages = [{**page, "version": "2031-1"} for page in yes(waiver)]
    assert tray.take_in(*pages).review == 2
    assert tray.asked() == "unknown_version"


def test_a_code_that_says_something_else_than_was_printed_names_nobody(tray: Tray) -> None:
    waiver = tray.printed(tray.student(), language="ar")
    tray.take_in(*yes(waiver))
    assert tray.asked() == "who_is_it"


def test_a_paper_that_was_handed_back_and_signed_is_filed(tray: Tray) -> None:
    waiver = tray.printed(tray.student())
    tray.take_in(*yes(waiver, signature="absent", reasons=["signature_absent"]))
    tray.answer_next("no")
    tray.settle()
    assert tray.papers()[0].reason is OutcomeReason.NOT_SIGNED
    again = form(waiver, choice="yes", signature="present", date="present")
    assert tray.take_in(again).filed == 1
    assert [paper.state for paper in tray.papers()] == [PaperState.REJECTED, PaperState.FILED]
    tray.check()


def test_from_18_on_a_person_says_who_signed(tray: Tray) -> None:
    student = tray.student(born=date(2008, 2, 20))
    tray.take_in(*yes(tray.printed(student)))
    assert tray.asked() == "who_signed"
    tray.answer_next("student")
    tray.settle()
    [consent] = tray.consents()
    assert consent.relationship_kind is Relationship.ELIGIBLE_STUDENT
    assert tray.permits(student)
    tray.take_in(letter(tray.letter_for(student)))
    assert tray.revocations()[0].relationship_kind is Relationship.ELIGIBLE_STUDENT
    tray.check()


@pytest.mark.parametrize("language", ["en", "so"])
def test_only_an_approved_language_takes_a_yes(tray: Tray, language: str) -> None:
    from dataclasses import replace  # noqa: PLC0415

    settings = replace(tray.settings, demo=False)
    tray.installation = replace(tray.installation, settings=settings)
    waiver = tray.printed(tray.student(), language=language)
    pages = [{**page, "language": language} for page in yes(waiver)]
    told = tray.take_in(*pages)
    assert told.filed == (2 if language == "en" else 0)
    if language != "en":
        assert tray.asked() == "not_approved"
        refused = tray.printed(tray.student("Ali"), language=language)
        assert tray.take_in(*[{**page, "language": language} for page in no(refused)]).filed == 2
