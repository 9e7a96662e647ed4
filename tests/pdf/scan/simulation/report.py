"""Tables of what was read, in Markdown and as JSON."""

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from tests.pdf.scan.simulation.outcome import Outcome

_ANSWERS = ("yes", "no", "both", "none", "unsure", "unread")


def counted(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything that is counted of some pages."""
    clear = [o for o in outcomes if o.form and o.complete]
    asked = [o for o in outcomes if o.must_review and o.form]
    unsigned = [o for o in outcomes if o.unsigned]
    undated = [o for o in outcomes if o.undated]
    unticked = [o for o in outcomes if o.asked == "none"]
    texts = [o for o in outcomes if not o.form]
    return {
        "pages": len(outcomes),
        "identified": sum(o.identified for o in outcomes),
        "misidentified": sum(o.misidentified for o in outcomes),
        "lost": sum(o.lost for o in outcomes),
        "wrong_unseen": sum(o.wrong_unseen for o in outcomes),
        "grave": sum(o.grave for o in outcomes),
        "clear": len(clear),
        "clear_in_review": sum(o.clear_in_review for o in outcomes),
        "errors": sum(bool(o.error) for o in outcomes),
        "must_review": len(asked),
        "must_review_in_review": sum(o.review for o in asked),
        "unsigned": len(unsigned),
        "unsigned_read_so": sum("signature" not in o.wrong for o in unsigned),
        "undated": len(undated),
        "undated_read_so": sum("date" not in o.wrong for o in undated),
        "unticked": len(unticked),
        "unticked_read_so": sum("choice" not in o.wrong for o in unticked),
        "texts": len(texts),
        "texts_in_review": sum(o.review for o in texts),
        "median_ms": round(median(o.seconds for o in outcomes) * 1000, 1) if outcomes else None,
        "reasons_of_clear": _reasons(outcomes),
        "confusion": _confusion(outcomes),
    }


def markdown(outcomes: Sequence[Outcome]) -> str:
    """The tables, by level, by family and together."""
    groups = {**by_level(outcomes), **_by_family(outcomes), "all": list(outcomes)}
    counts = {name: counted(group) for name, group in groups.items()}
    parts = [_bars(counts), _others(counts), _why(counts)]
    parts.append("Choices of all levels together: what was ticked, and what was read.")
    parts.append(confusion_table(outcomes))
    worst = [o for o in outcomes if o.wrong_unseen or o.lost or o.error]
    if worst:
        parts.append("Wrong and not in review, lost, or failed:\n\n" + _list(worst))
    return "\n\n".join(parts)


def by_level(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """In the order in which they came."""
    groups: dict[str, list[Outcome]] = {}
    for found in outcomes:
        groups.setdefault(found.level, []).append(found)
    return groups


def _by_family(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for found in outcomes:
        groups.setdefault(f"**{found.family}**", []).append(found)
    return groups


def as_json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The same counts, and the pages that were wrong."""
    worst = [o for o in outcomes if o.wrong_unseen or o.lost or o.error]
    return {
        "levels": {name: counted(group) for name, group in by_level(outcomes).items()},
        "families": {
            name.strip("*"): counted(group) for name, group in _by_family(outcomes).items()
        },
        "all": counted(outcomes),
        "wrong": [
            {"level": o.level, "page": o.number, "filled": o.filled, "read": o.answered}
            | {"wrong": list(o.wrong), "sheet": o.sheet, "error": o.error}
            for o in worst
        ],
    }


def confusion_table(outcomes: Sequence[Outcome]) -> str:
    """What was ticked × what was read, filed or in review."""
    seen = _confusion(outcomes)
    head = [f"{answer}, {way}" for way in ("filed", "in review") for answer in _ANSWERS]
    used = [column for column in head if any(row.get(column) for row in seen.values())]
    rows = [[asked, *(str(row.get(column, 0)) for column in used)] for asked, row in seen.items()]
    return table(["ticked", *used], rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; numbers at the right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _bars(counts: dict[str, dict[str, Any]]) -> str:
    head = ["level", "pages", "identified", "another's code", "lost", "wrong, not in review"]
    head += ["yes from no, or signed from empty", "clear", "clear in review", "failed", "ms"]
    rows = []
    for name, c in counts.items():
        row = [name, c["pages"], _share(c["identified"], c["pages"]), c["misidentified"]]
        row += [c["lost"], c["wrong_unseen"], c["grave"], c["clear"]]
        row += [_share(c["clear_in_review"], c["clear"]), c["errors"], c["median_ms"]]
        rows.append([str(v) for v in row])
    return table(head, rows)


def _others(counts: dict[str, dict[str, Any]]) -> str:
    head = ["level", "must be reviewed, are", "unsigned, read so", "undated, read so"]
    head += ["unticked, read so", "text pages in review"]
    names = ("must_review_in_review", "unsigned_read_so", "undated_read_so", "unticked_read_so")
    whole = ("must_review", "unsigned", "undated", "unticked")
    rows = []
    for name, c in counts.items():
        row = [f"{c[part]} of {c[all_]}" for part, all_ in zip(names, whole, strict=True)]
        rows.append([name, *row, f"{c['texts_in_review']} of {c['texts']}"])
    return table(head, rows)


def _why(counts: dict[str, dict[str, Any]]) -> str:
    rows = []
    for name, c in counts.items():
        if c["reasons_of_clear"]:
            said = ", ".join(f"{reason} {n}" for reason, n in c["reasons_of_clear"].items())
            rows.append(f"- {name}: {said}")
    return "Why clear, complete pages went to review:\n\n" + ("\n".join(rows) or "- none did")


def _reasons(outcomes: Sequence[Outcome]) -> dict[str, int]:
    found = Counter(r for o in outcomes if o.clear_in_review for r in o.reasons)
    return dict(found.most_common())


def _confusion(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for o in sorted(outcomes, key=lambda o: o.asked):
        way = "in review" if o.review else "filed"
        found.setdefault(o.asked, Counter())[f"{o.answered}, {way}"] += 1
    return {asked: dict(row) for asked, row in found.items()}


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "-"


def _list(worst: Sequence[Outcome]) -> str:
    lines = [
        f"- {o.level} page {o.number}: {o.filled}; read {o.answered}, "
        f"wrong: {', '.join(o.wrong) or '-'} {o.error}"
        for o in worst[:60]
    ]
    return "\n".join([*lines, *([f"- and {len(worst) - 60} more"] if len(worst) > 60 else [])])
