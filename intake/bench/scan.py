"""``intake bench scan``: reading paper, against drawing a page and decoding one code."""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image

from intake.bench import spread
from intake.bench.scan_memory import read_and_weigh
from intake.config import Settings
from intake.documents.texts import offered_languages
from intake.paper.printing import PaperOrder, printed_papers
from pdf.file import Name, PdfFile, Reference, Stream, Value
from pdf.scan.apart import PageResult, read_files
from pdf.scan.arrays import Picture
from pdf.scan.work import WorkedPage, read_only
from pdf.sheet.geometry import Box, PageKind, PaperSize, boxes
from translations import Direction, Language

_DPI = 200
_SEED = 20261123
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def bench_scan(settings: Settings, *, pages: int, many: int) -> dict[str, Any]:
    """Read ``pages`` scanned pages one by one and with every core; then ``many`` for memory.

    The stack is every language's waiver, ticked and signed, scanned at 200 dpi a little askew:
    one JPEG a page, in one PDF.
    """
    random = np.random.default_rng(_SEED)
    printed = [_printed(settings, language) for language in offered_languages()]
    pictures = [_scanned(*each, random) for papers in printed for each in papers]
    with tempfile.TemporaryDirectory() as name:
        stack = Path(name, "stack.pdf")
        stack.write_bytes(_stack(pictures[i % len(pictures)] for i in range(pages)))
        reading = _reading(stack, processes=1)
        parallel = _reading(stack, processes=os.cpu_count() or 1)
        parts = _parts(stack, pages)
        memory = _memory(Path(name), pictures, many) if many else None
    ratio = reading["wall_ms_per_page"] / parts["p50_ms"]
    return {
        "unit": "milliseconds of one core",
        "bars": {"to_parts": "at most 2: a page read, to drawing it at 200 dpi and one QR code"},
        "pages": pages,
        "to_parts": round(ratio, 2),
        "one_process": reading,
        "every_core": {**parallel, "cores": os.cpu_count()},
        "parts": parts,
        "memory": memory,
    }


def _printed(settings: Settings, language: Language) -> list[tuple[Picture, list[Box]]]:
    """A waiver's pages at 200 dpi, and the boxes that are to be filled in on each."""
    file = printed_papers(settings, [PaperOrder(language.code)])
    form = boxes(PageKind.CONSENT, PaperSize.LETTER, mirrored=language.direction is Direction.RTL)
    document = pypdfium2.PdfDocument(file.pdf)
    pages = [_drawn(document[index]) for index in range(len(document))]
    has_form = [_frame_is_there(page, form[2]) for page in pages]
    return [
        (page, list(form) if there else []) for page, there in zip(pages, has_form, strict=True)
    ]


def _drawn(page: Any) -> Picture:
    gray = page.render(scale=_DPI / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(gray.reshape(gray.shape[:2]))


def _frame_is_there(page: Picture, box: Box) -> bool:
    x, y = _pixel(box.x, box.y + box.height / 2)
    return bool(page[y - 2 : y + 3, x - 3 : x + 4].min() < 128) and not bool(
        page[y - 2 : y + 3, x + 8 : x + 20].min() < 128
    )


def _pixel(x: float, y: float) -> tuple[int, int]:
    height = PaperSize.LETTER.points[1]
    return round(x * _DPI / 72), round((height - y) * _DPI / 72)


def _scanned(page: Picture, form: list[Box], random: np.random.Generator) -> bytes:
    """Filled in, turned by up to two degrees, with the noise of a scanner; a JPEG."""
    paper = page.copy()
    names = {box.name: box for box in form}
    if names:
        _tick(paper, names["consent_yes" if random.random() < 0.5 else "consent_no"])
        for name in ("signature", "date"):
            _scribble(paper, names[name], random)
    height, width = paper.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-2, 2), 1.0)
    turned = cv2.warpAffine(paper, turn, (width, height), borderValue=250)
    noise = random.normal(0, 4, turned.shape)
    noisy = np.clip(turned.astype(np.float32) * 0.95 + noise, 0, 255).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=80, dpi=(_DPI, _DPI))
    return file.getvalue()


def _tick(paper: Picture, box: Box) -> None:
    for start, end in (((0.2, 0.2), (0.8, 0.8)), ((0.2, 0.8), (0.8, 0.2))):
        cv2.line(paper, _within(box, *start), _within(box, *end), 40, 3, cv2.LINE_AA)


def _scribble(paper: Picture, box: Box, random: np.random.Generator) -> None:
    along = np.linspace(0.1, 0.7, 40)
    up = 0.5 + 0.3 * np.sin(along * 70 + random.uniform(0, 6))
    points = [_within(box, x, y) for x, y in zip(along, up, strict=True)]
    for start, end in itertools.pairwise(points):
        cv2.line(paper, start, end, 50, 3, cv2.LINE_AA)


def _within(box: Box, x: float, y: float) -> tuple[int, int]:
    return _pixel(box.x + x * box.width, box.y + y * box.height)


def _stack(pictures: Iterable[bytes]) -> bytes:
    """One PDF, each page one picture, as scanners write it."""
    file = PdfFile()
    tree = file.reserve()
    kids: list[Value] = [_page(file, tree, picture) for picture in pictures]
    file.fill(tree, {"Type": Name("Pages"), "Kids": kids, "Count": len(kids)})
    return file.write(file.add({"Type": Name("Catalog"), "Pages": tree}), file.add({}))


def _page(file: PdfFile, tree: Reference, picture: bytes) -> Reference:
    width, height = PaperSize.LETTER.points
    with Image.open(BytesIO(picture)) as image:
        across, along = image.size
    entries: dict[str, Value] = {
        "Type": Name("XObject"),
        "Subtype": Name("Image"),
        "Width": across,
        "Height": along,
        "ColorSpace": Name("DeviceGray"),
        "BitsPerComponent": 8,
        "Filter": Name("DCTDecode"),
    }
    shown = file.add(Stream(picture, entries, compressed=False))
    drawing = f"{width:g} 0 0 {height:g} 0 0 cm /P Do".encode()
    return file.add(
        {
            "Type": Name("Page"),
            "Parent": tree,
            "MediaBox": [0, 0, width, height],
            "Resources": {"XObject": {"P": shown}},
            "Contents": file.add(Stream(drawing)),
        }
    )


def _reading(stack: Path, *, processes: int) -> dict[str, Any]:
    """The stack through the whole reader, in processes of their own, as it is used."""
    results = read_files([stack], work=read_only, processes=processes)
    first, known = next(results), 1
    start = time.perf_counter()
    review = 0
    for found in results:
        known += 1
        review += _in_review(found)
    seconds = time.perf_counter() - start
    return {
        "wall_ms_per_page": round(1000 * seconds / max(known - 1, 1), 2),
        "pages_per_second": round((known - 1) / seconds, 1),
        "in_review": review + _in_review(first),
    }


def _in_review(found: Any) -> bool:
    result = found.result if isinstance(found, PageResult) else None
    return not isinstance(result, WorkedPage) or result.findings.review


def _parts(stack: Path, pages: int) -> dict[str, Any]:
    """Each page drawn at 200 dpi, and a code on it decoded."""
    document = pypdfium2.PdfDocument(stack)

    def draw_and_decode(index: int) -> None:
        zxingcpp.read_barcodes(_drawn(document[index]), formats=_QR)

    return spread([_seconds(draw_and_decode, index) for index in range(pages)])


def _seconds(call: Callable[[int], None], index: int) -> float:
    start = time.perf_counter()
    call(index)
    return time.perf_counter() - start


def _memory(folder: Path, pictures: Sequence[bytes], many: int) -> dict[str, Any]:
    """The largest process's memory, reading 10 pages, and reading many."""
    found = {}
    for count in (10, many):
        stack = folder / f"{count}.pdf"
        stack.write_bytes(_stack(pictures[i % len(pictures)] for i in range(count)))
        results = read_files([stack], work=read_and_weigh)
        most = max(page.result or 0 for page in results if isinstance(page, PageResult))
        found[f"mb_reading_{count}_pages"] = round(most / 1024)
    return found
