"""What a process of the reader does in the benchmark of memory."""

from pathlib import Path

from pdf.scan.file_raster import RawPage
from pdf.scan.page import read_page


def read_and_weigh(raw: RawPage) -> int:
    """Read a page; the most memory that this process has ever held, in KB.

    Not ``ru_maxrss``: that begins with the memory of the process that started this one.
    """
    read_page(raw.pixels, raw.dpi)
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split(maxsplit=1)[0])
