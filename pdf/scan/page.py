"""One page: from the picture to what was found on it."""

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np

from pdf.scan.arrays import Picture
from pdf.scan.broken import is_blank, read_broken
from pdf.scan.codes import Codes, distinct, find_codes
from pdf.scan.findings import (
    BoxFinding,
    Choice,
    PageFindings,
    PaperKind,
    Presence,
    Reason,
)
from pdf.scan.flat import Flat, lay_flat, with_black
from pdf.scan.frames import Found, find_frame
from pdf.scan.marking import controls_read, judge_tick, judge_writing
from pdf.scan.marks import Corners
from pdf.scan.register import Registration, register_by_codes
from pdf.sheet.code import SheetCode, SheetDocument
from pdf.sheet.geometry import (
    BAND,
    LAYOUT,
    MILLIMETRE,
    Box,
    BoxKind,
    PageKind,
    boxes,
    form_height,
)
from translations import Direction, UnknownLanguage, language

_LEAST_PLACES = 3
_LEAST_SPREAD = 0.55
"""Of the diagonal: codes and marks near each other don't say where the far boxes are."""
_MARKS_ALONE = 2
"""So many that agree make a paper one of ours, even if no code can be read."""
_AROUND = 6 * MILLIMETRE
_PALEST = 0.15
"""Darkness of print: what is lighter is paper."""
_EDGES = 0.4
"""Part of a box's edges that must be seen."""
_KINDS = {
    SheetDocument.WAIVER: PaperKind.WAIVER,
    SheetDocument.REVOCATION: PaperKind.REVOCATION,
}
_TURNED = {
    0: None,
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}


def read_page(picture: Picture, dpi: float | None = None) -> PageFindings:
    """Read one page; ``dpi`` is not needed and taken for what it is, a claim."""
    found = find_codes(picture)
    pages = distinct(found.ours)
    if len(pages) > 1:
        return _several(pages)
    if pages:
        code, registration = pages[0], register_by_codes(picture, found.ours)
    else:
        broken, registration = read_broken(picture)
        if broken is None:
            return _unidentified(picture, found, registration)
        code = broken
    if code.layout != LAYOUT:
        return PageFindings(
            _KINDS[code.document], code, reasons=(Reason.UNKNOWN_LAYOUT,), confidence=0
        )
    if registration is None:
        return PageFindings(
            _KINDS[code.document], code, reasons=(Reason.NOT_REGISTERED,), confidence=0
        )
    return _read_paper(picture, code, registration)


def _several(pages: list[SheetCode]) -> PageFindings:
    """Two papers on one picture: whose boxes these are can't be told."""
    documents = {page.document for page in pages}
    revoking = SheetDocument.REVOCATION in documents
    kind = PaperKind.REVOCATION if revoking else PaperKind.WAIVER
    are_two_papers = len({page.waiver_id for page in pages}) > 1
    reason = Reason.SEVERAL_PAGES if are_two_papers else Reason.CODES_DIFFER
    return PageFindings(kind, reasons=(reason,), confidence=0.0)


def _unidentified(
    picture: Picture, found: Codes, registration: Registration | None
) -> PageFindings:
    """No code of ours: one of our papers that is damaged, another programme's, or nothing."""
    if registration is not None and registration.places >= _MARKS_ALONE and registration.marked:
        revoking = registration.marked is PageKind.REVOCATION
        return PageFindings(
            PaperKind.REVOCATION if revoking else PaperKind.WAIVER,
            rotation=registration.rotation,
            reasons=(Reason.NO_CODE,),
            confidence=0.0,
            corners=registration.corners(),
        )
    if not found.others and is_blank(picture):
        return PageFindings(PaperKind.BLANK)
    return PageFindings(PaperKind.UNKNOWN, reasons=(Reason.FOREIGN,), confidence=0.0)


def _read_paper(picture: Picture, code: SheetCode, registration: Registration) -> PageFindings:
    kind = code.kind
    reasons: list[Reason] = []
    if registration.contradicts or registration.marked not in (None, kind):
        reasons.append(Reason.WRONG_KIND)
    findings = PageFindings(
        _KINDS[code.document],
        code,
        rotation=registration.rotation,
        corners=registration.corners(),
    )
    if kind is PageKind.TEXT:
        return replace(findings, reasons=tuple(reasons))
    if registration.places < _LEAST_PLACES or registration.spread < _LEAST_SPREAD:
        reasons.append(Reason.NOT_REGISTERED)
    return _read_form(picture, findings, kind, registration, reasons)


def _read_form(
    picture: Picture,
    findings: PageFindings,
    kind: PageKind,
    registration: Registration,
    reasons: list[Reason],
) -> PageFindings:
    assert findings.code is not None  # noqa: S101  (a form is known by its code)
    printed = boxes(kind, registration.size, mirrored=_is_mirrored(findings.code.language))
    flat = _flat_form(picture, kind, registration)
    flat = with_black(flat, _black(flat, printed))
    frames = {box.name: find_frame(flat, box) for box in printed}
    full, empty = frames["control_filled"], frames["control_empty"]
    if full is None or empty is None or not controls_read(full, empty):
        reasons.append(Reason.CONTROLS)
    read = tuple(
        _read_box(flat, box, frames[box.name], registration)
        for box in printed
        if box.kind is not BoxKind.CONTROL
    )
    states = {found.box.name: found.state for found in read}
    choice = _choice(states) if kind is PageKind.CONSENT else None
    reasons += _doubts(states, choice)
    decisive = [found.confidence for found in read if found.box.name in _DECISIVE]
    return replace(
        findings,
        choice=choice,
        boxes=read,
        reasons=tuple(dict.fromkeys(reasons)),
        confidence=min(decisive, default=0.0),
    )


_DECISIVE = frozenset({"consent_yes", "consent_no", "signature", "date"})


def _flat_form(picture: Picture, kind: PageKind, registration: Registration) -> Flat:
    width, _ = registration.size.points
    edge = 5 * MILLIMETRE
    top = BAND + form_height(kind) + _AROUND
    return lay_flat(picture, registration, (edge, edge, width - edge, top))


def _black(flat: Flat, printed: tuple[Box, ...]) -> float:
    """How dark print is on this scan: the filled control box, if it is where it should be."""
    box = next(box for box in printed if box.name == "control_filled")
    left, top, right, bottom = (round(v) for v in flat.place(box))
    inside = flat.darkness[max(top, 0) : bottom, max(left, 0) : right]
    black = float(np.median(inside)) if inside.size else 0.0
    return black if black > _PALEST else 1.0


def _read_box(flat: Flat, box: Box, frame: Found | None, registration: Registration) -> BoxFinding:
    if frame is None or frame.edges < _EDGES:
        corners = _pixels(registration, box.x, box.y + box.height, box.x + box.width, box.y)
        return BoxFinding(box, corners, Presence.UNSURE, 0.0, 0.0)
    judged = (
        judge_tick(box.name, flat, frame)
        if box.kind is BoxKind.CHECK
        else judge_writing(box.name, frame)
    )
    left, top = flat.on_paper(frame.left, frame.top)
    right, bottom = flat.on_paper(frame.right, frame.bottom)
    corners = _pixels(registration, left, top, right, bottom)
    return BoxFinding(box, corners, judged.state, judged.confidence, judged.ink.strokes)


def _pixels(
    registration: Registration, left: float, top: float, right: float, bottom: float
) -> Corners:
    pixel = registration.pixel
    return pixel(left, top), pixel(right, top), pixel(right, bottom), pixel(left, bottom)


def _choice(states: Mapping[str, Presence]) -> Choice:
    both = (states["consent_yes"], states["consent_no"])
    if Presence.UNSURE in both:
        return Choice.UNSURE
    return {
        (Presence.PRESENT, Presence.ABSENT): Choice.YES,
        (Presence.ABSENT, Presence.PRESENT): Choice.NO,
        (Presence.PRESENT, Presence.PRESENT): Choice.BOTH,
        (Presence.ABSENT, Presence.ABSENT): Choice.NONE,
    }[both]


def _doubts(states: Mapping[str, Presence], choice: Choice | None) -> list[Reason]:
    found = []
    if choice is not None and choice not in (Choice.YES, Choice.NO):
        found.append(Reason(f"choice_{choice.value}"))
    for name in ("signature", "date"):
        if states[name] is not Presence.PRESENT:
            found.append(Reason(f"{name}_{states[name].value}"))
    return found


def _is_mirrored(code: str) -> bool:
    try:
        return language(code).direction is Direction.RTL
    except UnknownLanguage:
        return False


def upright(picture: Picture, findings: PageFindings, width: int) -> Picture:
    """The paper alone, upright, ``width`` pixels wide; the whole picture where it wasn't found."""
    if len(findings.corners) == 4 and findings.code is not None:
        paper_width, paper_height = findings.code.size.points
        height = round(width * paper_height / paper_width)
        here = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(np.array(findings.corners, np.float32), here)
        return np.asarray(
            cv2.warpPerspective(picture, matrix, (width, height), borderValue=255), np.uint8
        )
    turn = _TURNED[findings.rotation]
    turned = picture if turn is None else cv2.rotate(picture, turn)
    scale = min(width / turned.shape[1], 1.0)
    return np.asarray(
        cv2.resize(turned, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
