"""The simulation: the same seed makes the same page, and the runner counts what it should."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pdf.scan.findings import BoxFinding, Choice, PageFindings, PaperKind, Presence, Reason
from pdf.sheet.geometry import BoxKind, PageKind, PaperSize, boxes
from tests.pdf.scan.simulation import filled, pens, report
from tests.pdf.scan.simulation.filled import AMBIGUOUS, Filled
from tests.pdf.scan.simulation.levels import LEVELS
from tests.pdf.scan.simulation.outcome import Outcome, outcome
from tests.pdf.scan.simulation.pages import Arrived, arrived
from tests.pdf.scan.simulation.strokes import Area

_DPI = 300
_BOXES = boxes(PageKind.CONSENT, PaperSize.LETTER)
_CONSENT = PageKind.CONSENT


def _paper() -> NDArray[np.uint8]:
    return np.full((3300, 2550), 255, np.uint8)


def _written(made: Filled, seed: int = 5) -> dict[str, float]:
    """How much of each box, and of a little around it, is inked."""
    rng = np.random.default_rng(seed)
    pen = pens.PENS["ballpoint_black"].pick(rng)
    page = pens.write(_paper(), _DPI, _BOXES, 792, made, pen, rng)
    found = {}
    for box in _BOXES:
        area = Area.of(box, 792)
        top, left = round(area.top * _DPI / 25.4), round(area.left * _DPI / 25.4)
        high, wide = round(area.height * _DPI / 25.4), round(area.width * _DPI / 25.4)
        found[box.name] = float((page[top : top + high, left : left + wide] < 200).mean())
    return found


@pytest.mark.parametrize("tick", filled.TICKS)
@pytest.mark.parametrize("choice", ["yes", "no"])
def test_a_tick_is_in_its_box(tick: filled.Tick, choice: filled.Ticked) -> None:
    for seed in range(20):
        inked = _written(Filled(choice=choice, tick=tick), seed)
        other = "no" if choice == "yes" else "yes"
        assert inked[f"consent_{choice}"] > 0.02
        assert inked[f"consent_{other}"] == 0


def test_nothing_is_written_where_nothing_should_be() -> None:
    made = Filled(choice="none", signature="none", date=False, names=False)
    assert set(_written(made).values()) == {0}


@pytest.mark.parametrize("hand", filled.HANDS)
def test_signatures_are_in_their_box(hand: filled.Hand) -> None:
    for seed in range(10):
        inked = _written(Filled(hand=hand, names=False), seed)
        assert inked["signature"] > 0.004
        assert inked["date"] > 0.004
        assert inked["student_name"] < 0.01


def test_truth() -> None:
    truth = Filled("no").truth(_CONSENT)
    assert (truth.choice, truth.signature) == (Choice.NO, Presence.PRESENT)
    assert truth.complete
    assert truth.clear
    assert not truth.must_review
    unsigned = Filled("no", signature="none").truth(_CONSENT)
    assert unsigned.clear
    assert not unsigned.complete
    assert all(Filled(choice).truth(_CONSENT).must_review for choice in AMBIGUOUS)
    assert Filled(signature="mark").truth(_CONSENT).must_review
    assert not Filled(signature="mark", witness=True).truth(_CONSENT).must_review
    assert Filled("both").truth(PageKind.REVOCATION).complete


@pytest.mark.parametrize("name", LEVELS)
def test_levels_are_repeatable_pictures(name: str) -> None:
    page = _paper()
    page[300:600, 300:600] = 0
    pictures = [LEVELS[name].apply(page, np.random.default_rng(3)) for _ in range(2)]
    (first, dpi), (second, _) = pictures
    assert first.dtype == np.uint8
    assert first.ndim == 2
    assert np.array_equal(first, second)
    assert (dpi is None) == (LEVELS[name].family == "phone")
    assert first.min() < 120 < first.mean() or LEVELS[name].family == "phone"
    assert page[0, 0] == 255, "the given page stays as it was"


def _perfect(page: Arrived, **changed: Presence | Choice) -> PageFindings:
    truth = page.truth
    states = {"signature": truth.signature, "date": truth.date, "witness": truth.witness}
    states |= {name: state for name, state in changed.items() if isinstance(state, Presence)}
    found = tuple(
        BoxFinding(box, ((0, 0),) * 4, state, 1, 1)
        for box in page.sheet.boxes
        if box.kind is BoxKind.WRITING and (state := states.get(box.name))
    )
    choice = changed.get("choice", truth.choice)
    return PageFindings(
        PaperKind.WAIVER,
        page.sheet.code,
        choice=choice if isinstance(choice, Choice) else None,
        boxes=found,
        reasons=(Reason.CHOICE_UNSURE,) if truth.must_review else (),
    )


def _page(made: Filled) -> Arrived:
    """A consent page of the level that is quickest."""
    number = 0
    while True:
        page = arrived(LEVELS["poor_150_gray"], 1, number, filling=lambda rng: made)
        if page.sheet.code.kind is PageKind.CONSENT:
            return page
        number += 1


def _outcome(page: Arrived, found: PageFindings) -> Outcome:
    return outcome(LEVELS["office_300_gray"], 0, page, lambda image, dpi: found)


def test_the_same_seed_makes_the_same_page() -> None:
    first, second = (arrived(LEVELS["office_200_jpeg"], 4, 2) for _ in range(2))
    assert np.array_equal(first.image, second.image)
    assert first.filled == second.filled
    other = arrived(LEVELS["office_200_jpeg"], 5, 2)
    assert not np.array_equal(first.image, other.image)


def test_outcomes() -> None:
    page = _page(Filled("no", names=False))
    assert not _outcome(page, _perfect(page)).wrong_unseen
    worst = _outcome(page, _perfect(page, choice=Choice.YES))
    assert worst.wrong_unseen
    assert worst.grave
    undated = _outcome(page, _perfect(page, date=Presence.ABSENT))
    assert undated.wrong == ("date",)
    assert undated.wrong_unseen
    assert not undated.grave
    lost = _outcome(page, PageFindings(PaperKind.BLANK))
    assert lost.lost
    assert not lost.identified


def test_doubtful_pages_must_be_reviewed() -> None:
    page = _page(Filled("dot_no", names=False))
    seen = _outcome(page, _perfect(page))
    assert seen.review
    assert not seen.wrong_unseen
    filed = _perfect(page, choice=Choice.NO)
    unseen = _outcome(page, PageFindings(filed.kind, filed.code, choice=Choice.NO))
    assert unseen.wrong_unseen


def test_a_failing_reader_is_counted() -> None:
    page = _page(Filled("yes", names=False))

    def fails(image: object, dpi: object) -> PageFindings:
        raise ZeroDivisionError

    failed = outcome(LEVELS["office_300_gray"], 0, page, fails)
    counts = report.counted([failed, _outcome(page, _perfect(page))])
    assert (counts["errors"], counts["identified"], counts["lost"]) == (1, 1, 1)
    assert "ZeroDivisionError" in report.markdown([failed])
