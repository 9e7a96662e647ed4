"""Who may sign for a student once a package is taken in, and whose contact is whose."""

from typing import Any

from forms.choices import ContactKind, Relationship
from intake.roster.oneroster.facts import Contacts, GuardianFacts, Recorded
from intake.roster.oneroster.reading import Kind, Read
from intake.roster.oneroster.report import Mode
from intake.roster.oneroster.said import Said


def students_own(
    contacts: Contacts, guardians: dict[str, GuardianFacts] | None, before: Recorded | None
) -> Contacts:
    """A parent's phone in the student's row must not sign as the student at 18."""
    if guardians is None:
        facts = [one.facts for one in before.guardians] if before else []
    else:
        facts = list(guardians.values())
    return contacts - frozenset(one for guardian in facts for one in guardian.contacts)


def guardians_after(
    read: Read, said: Said, external_id: str, before: Recorded | None, line: int
) -> dict[str, GuardianFacts]:
    """Who may sign, once the package is taken in.

    Whole packages say everything. In a delta, a guardian stays unless their row ends, or the rows
    of both sides that are there no longer name the other.
    """
    body = said.users.get(external_id, (0, False, {}))[2]
    links = said.links.get(external_id, [])
    # Whoever is on record and has a row that can't be read stays, unless the student's own row
    # names others.
    after = {
        one.external_id: one.facts
        for one in (before.guardians if before is not None else ())
        if one.external_id
        and _is_unreadable(read, said, one.external_id)
        and (one.external_id in links or not body.get("lists"))
    }
    for key in links:
        if key in after:
            continue
        facts = _guardian(said, key)
        if facts is None:
            reason = "agentSourcedIds names somebody who is no parent or guardian of users.csv"
            read.report.note("users.csv", line, reason)
        else:
            after[key] = facts
    if read.manifest.mode is Mode.DELTA and before is not None:
        for one in before.guardians:
            key = one.external_id or f"#{one.id}"
            row = said.guardians.get(key)
            student_dropped = bool(body.get("lists")) and one.external_id is not None
            guardian_dropped = row is not None and (row[1] or bool(row[2].get("lists")))
            if key not in after and not student_dropped and not guardian_dropped:
                after[key] = _guardian(said, key) or one.facts
    return after


def _is_unreadable(read: Read, said: Said, key: str) -> bool:
    body = said.guardians.get(key, (0, False, {}))[2]
    return "bad" in body or key in read.unread["users"] or key in read.unread["roles"]


def _guardian(said: Said, key: str) -> GuardianFacts | None:
    if key not in said.guardians:
        return said.elsewhere.get(key)
    kind, gone, body = said.guardians[key]
    if gone or "bad" in body or not Kind(kind) & (Kind.PARENT | Kind.GUARDIAN):
        return None
    is_parent = bool(Kind(kind) & Kind.PARENT)
    relationship = Relationship.PARENT if is_parent else Relationship.GUARDIAN
    return GuardianFacts(body["name"], relationship, contacts_of(body))


def contacts_of(body: dict[str, Any]) -> Contacts:
    return frozenset((ContactKind(kind), value) for kind, value in body["contacts"])
