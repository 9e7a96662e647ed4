"""What only the whole package shows: circles, and rows that name what is not there."""

from collections.abc import Iterable, Mapping

from intake.roster.oneroster.reading import Read
from intake.roster.oneroster.report import Mode, Problem, RosterRefused


def check_package(read: Read) -> None:
    """Refuse circles, note what leads nowhere. Raises RosterRefused."""
    _check_circles(read)
    if read.faults:
        raise RosterRefused(read.faults)
    if read.manifest.mode is Mode.FULL:
        _note_dangling(read)


def _note_dangling(read: Read) -> None:
    """Only in whole packages: a delta names what an earlier one brought."""
    for table, column, other, file, reason in (
        ("enrollments", "user", "users", "enrollments.csv", "names a user who is not there"),
        ("enrollments", "class", "classes", "enrollments.csv", "names a class that is not there"),
        ("links", "other", "users", "users.csv", "agentSourcedIds names a user who is not there"),
        ("births", "id", "users", "demographics.csv", "of a user who is not there"),
    ):
        if f"{other}" not in read.manifest.files:
            continue
        query = (
            f"SELECT line FROM {table} WHERE {column} NOT IN (SELECT id FROM {other}) "  # noqa: S608
            "ORDER BY line"
        )
        for [line] in read.scratch.rows(query):
            read.report.note(file, line, reason)


def _check_circles(read: Read) -> None:
    parents = {key: [org.parent] for key, org in read.orgs.items() if org.parent}
    found = circle(parents)
    if found:
        line = read.orgs[found].line
        read.faults.append(Problem("orgs.csv", line, "is its own parent, by way of others"))
    terms = {key: [parent] for key, (_, parent, _) in read.sessions.items() if parent}
    found = circle(terms)
    if found:
        line = read.sessions[found][0]
        read.faults.append(Problem("academicSessions.csv", line, "is its own parent"))
    found = circle(_among_equals(read))
    if found:
        [line] = next(read.scratch.rows("SELECT line FROM users WHERE id = ?", found))
        read.faults.append(Problem("users.csv", line, "is their own guardian, by way of others"))


def _among_equals(read: Read) -> dict[str, list[str]]:
    """Links between two students or two guardians; honest packages have hardly any.

    A student and a guardian who name each other are no circle: OneRoster says it both ways.
    """
    query = """
        SELECT links.one, links.other FROM links
        JOIN users AS a ON a.id = links.one JOIN users AS b ON b.id = links.other
        WHERE ((a.kind & 1) > 0) = ((b.kind & 1) > 0)
    """
    edges: dict[str, list[str]] = {}
    for one, other in read.scratch.rows(query):
        edges.setdefault(one, []).append(other)
    return edges


def circle(edges: Mapping[str, Iterable[str]]) -> str | None:
    """A node that is on a circle, or nothing. Without recursion: a chain may be long."""
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        on_way = {start}
        way = [(start, iter(edges[start]))]
        while way:
            node, ahead = way[-1]
            following = next(ahead, None)
            if following is None:
                way.pop()
                on_way.discard(node)
                done.add(node)
            elif following in on_way:
                return following
            elif following not in done:
                on_way.add(following)
                way.append((following, iter(edges.get(following, ()))))
    return None
