"""What a process of the reader does with one page; its results are plain data."""

from dataclasses import dataclass

import cv2
import numpy as np

from pdf.scan.arrays import Picture
from pdf.scan.file_raster import RawPage
from pdf.scan.findings import PageFindings, PaperKind
from pdf.scan.overlay import overlaid
from pdf.scan.page import read_page, upright

_WIDTH = 1275
"""Pixels: Letter at 150 dpi."""
_JPEG_QUALITY = 72


@dataclass(frozen=True, slots=True)
class WorkedPage:
    """A page as it was read."""

    findings: PageFindings
    picture: bytes
    """Of the upright page, gray JPEG; of what was seen, where that was asked for; or empty."""


def read_only(raw: RawPage) -> WorkedPage:
    """The findings alone."""
    return WorkedPage(read_page(raw.pixels, raw.dpi), b"")


def read_with_picture(raw: RawPage) -> WorkedPage:
    """The findings, and the upright page for people to look at; nothing for a blank one."""
    findings = read_page(raw.pixels, raw.dpi)
    if findings.kind is PaperKind.BLANK:
        return WorkedPage(findings, b"")
    return WorkedPage(findings, _jpeg(upright(raw.pixels, findings, _WIDTH)))


def read_with_overlay(raw: RawPage) -> WorkedPage:
    """The findings, and the picture with what was seen drawn on it."""
    findings = read_page(raw.pixels, raw.dpi)
    return WorkedPage(findings, _jpeg(overlaid(raw.pixels, findings)))


def _jpeg(picture: Picture) -> bytes:
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return np.asarray(encoded).tobytes()
