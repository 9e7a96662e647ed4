"""``python -m tests.pdf.scan.bars``: how well the reader reads simulated scans.

    python -m tests.pdf.scan.bars --source own --family office --pages 2000 --seed 7

Seeds below 1000 are for tuning the reader, those from 1000 up for reporting: never tune and
report on the same ones. A page depends on its level, the seed and its number only; ``--first``
goes on where another run ended, and ``--level NAME --first N --pages 1`` makes one page again.
``--pages`` counts pages of each family, spread evenly over its levels. ``--source augraphy``
needs the environment that ``simulation/independent.py`` describes.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pdf.scan.findings import PageFindings
from tests.pdf.scan.simulation import filled, report
from tests.pdf.scan.simulation.levels import LEVELS
from tests.pdf.scan.simulation.outcome import Outcome, outcome
from tests.pdf.scan.simulation.pages import arrived
from tests.pdf.scan.simulation.scanners import Level
from tests.pdf.scan.simulation.sheets import rendered, sheets

FAMILIES = ("office", "poor", "phone", "one_code", "highlighted")
FILLINGS = {"any": filled.any_filling, "ambiguous": filled.ambiguous}
Job = tuple[str, str, str, int, int, str]
"""Source, level, how pages are filled in, seed, number, and where to save failures."""
_KEPT_REVIEWED = 20
"""Clear pages in review of which pictures are kept, of each level."""


def main(arguments: list[str] | None = None) -> None:
    """Reads simulated pages and prints tables."""
    options = _options(arguments)
    levels = _chosen(options)
    if options.save_pages:
        _save_pages(levels, options)
        return
    outcomes = measured(_jobs(levels, options), processes=options.processes)
    if options.save_failures:
        _prune(outcomes, Path(options.save_failures))
    if options.json:
        print(json.dumps(report.as_json(outcomes), indent=1))
        return
    print(report.markdown(outcomes))
    if options.confusion:
        for name, group in report.by_level(outcomes).items():
            print(f"\n{name}\n\n{report.confusion_table(group)}")


def levels_of(source: str) -> dict[str, Level]:
    """By their names."""
    if source == "own":
        return LEVELS
    from tests.pdf.scan.simulation.independent import (  # noqa: PLC0415 - of another environment
        LEVELS as INDEPENDENT,
    )

    return INDEPENDENT


def measured(jobs: list[Job], *, processes: int) -> list[Outcome]:
    """Every job's outcome, in their order."""
    # rendered once here: forked processes share the pages
    for sheet in sheets():
        rendered(sheet)
    if processes < 2:
        return list(_counted(map(_measure, jobs), len(jobs)))
    with ProcessPoolExecutor(processes, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        return list(_counted(pool.map(_measure, jobs, chunksize=4), len(jobs)))


def read(image: NDArray[np.uint8], dpi: float | None) -> PageFindings:
    """The reader that is measured."""
    from pdf.scan.page import read_page  # noqa: PLC0415 - pages can be made without it

    return read_page(image, dpi)


def _measure(job: Job) -> Outcome:
    source, level, filling, seed, number, save = job
    made_by = levels_of(source)[level]
    page = arrived(made_by, seed, number, filling=FILLINGS[filling])
    found = outcome(made_by, number, page, read)
    if save and (found.wrong_unseen or found.lost or found.error or found.clear_in_review):
        cv2.imwrite(str(Path(save) / _file(found)), page.image)
    return found


def _file(found: Outcome) -> str:
    bad = found.wrong_unseen or found.lost or found.error
    why = "WRONG" if bad else "review-" + "-".join(found.reasons)
    return f"{found.level}_{found.number:05}_{why}_{found.asked}_read_{found.answered}.png"


def _prune(outcomes: list[Outcome], directory: Path) -> None:
    """Of clear pages in review, only the first of each level stay."""
    for group in report.by_level(outcomes).values():
        reviewed = [o for o in group if o.clear_in_review and not o.error]
        for found in reviewed[_KEPT_REVIEWED:]:
            (directory / _file(found)).unlink(missing_ok=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.pdf.scan.bars", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--source", choices=("own", "augraphy"), default="own")
    parser.add_argument("--family", choices=(*FAMILIES, "all"), default="all")
    parser.add_argument("--level", action="append", help="only this one; can be repeated")
    parser.add_argument(
        "--filling", choices=FILLINGS, default="any", help="ambiguous: only what must be reviewed"
    )
    parser.add_argument("--pages", type=int, default=200, help="of each family")
    parser.add_argument("--seed", type=int, default=1, help="below 1000: tuning; above: reporting")
    parser.add_argument("--first", type=int, default=0, help="number of the first page")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--confusion", action="store_true", help="choices by level, too")
    parser.add_argument("--save-failures", metavar="DIR", default="")
    parser.add_argument("--save-pages", metavar="DIR", help="only makes pages, reads none")
    options = parser.parse_args(arguments)
    for directory in (options.save_failures, options.save_pages):
        if directory:
            Path(directory).mkdir(parents=True, exist_ok=True)
    return options


def _chosen(options: argparse.Namespace) -> list[Level]:
    known = levels_of(options.source)
    if options.level:
        missing = [name for name in options.level if name not in known]
        if missing:
            sys.exit(f"No level {missing[0]}; there are: {', '.join(known)}")
        return [known[name] for name in options.level]
    return [level for level in known.values() if options.family in (level.family, "all")]


def _jobs(levels: list[Level], options: argparse.Namespace) -> list[Job]:
    """Pages of a family, dealt out to its levels."""
    return [
        (
            options.source,
            level.name,
            options.filling,
            options.seed,
            options.first + number,
            options.save_failures,
        )
        for level in levels
        for number in range(_share(level, levels, options.pages))
    ]


def _share(level: Level, levels: list[Level], pages: int) -> int:
    family = [other for other in levels if other.family == level.family]
    whole, rest = divmod(pages, len(family))
    return whole + (family.index(level) < rest)


def _save_pages(levels: list[Level], options: argparse.Namespace) -> None:
    for _, name, filling, seed, number, _ in _jobs(levels, options):
        page = arrived(levels_of(options.source)[name], seed, number, filling=FILLINGS[filling])
        cv2.imwrite(str(Path(options.save_pages) / f"{name}_{number:05}.png"), page.image)
        print(f"{name} {number}: {page.sheet.code.encoded()} {page.filled}")


def _counted(found: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """Says on a terminal how far it is."""
    for done, one in enumerate(found, 1):
        if sys.stderr.isatty():
            print(f"\r{done} of {total}", end="", file=sys.stderr)
        yield one


if __name__ == "__main__":
    main()
