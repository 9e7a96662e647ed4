"""The reader of ``pdf.scan`` at the seam: each file in processes of its own."""

from collections.abc import Iterator, Set
from pathlib import Path

from intake.paper.reading import PageRefusal, ReadPage
from pdf.scan.apart import FileRefused, read_files


def read_apart(file: Path, *, without: Set[int]) -> Iterator[ReadPage | PageRefusal]:
    """Read a file's pages, a hostile one's too; see ``reading.Reader``."""
    from pdf.scan.work import read_with_picture  # noqa: PLC0415  (OpenCV is slow to import)

    for result in read_files([file], work=read_with_picture):
        if isinstance(result, FileRefused):
            yield PageRefusal(None, result.refusal.value)
        elif result.page in without:
            continue
        elif result.result is None:
            reason = result.refusal.value if result.refusal is not None else "unreadable"
            yield PageRefusal(result.page, reason)
        else:
            yield ReadPage(result.page, result.result.findings, result.result.picture)
