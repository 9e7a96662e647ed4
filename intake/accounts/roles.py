"""What each role may do. Least privilege: what is not listed is refused."""

from dataclasses import dataclass
from enum import StrEnum

from intake.accounts.model import Role
from intake.roster.scope import SchoolScope


class Permission(StrEnum):
    """One kind of thing that staff's pages let a person do; every route names exactly one."""

    OWN_ACCOUNT = "own_account"
    """Sign out, change one's own password: everybody who is signed in."""
    SEE_STUDENTS = "see_students"
    """Read pages with students' and families' data."""
    SERVE_FAMILIES = "serve_families"
    """Invite, print, scan, confirm who signed, record a refusal or a revocation."""
    SEE_PROGRAMME = "see_programme"
    """Read partners, figures, campaigns, publications."""
    RUN_PROGRAMME = "run_programme"
    """Change partners, run campaigns, own cases of revocation, publish documents."""
    SEE_TRANSLATIONS = "see_translations"
    APPROVE_TRANSLATIONS = "approve_translations"
    SEE_AUDIT = "see_audit"
    """Read who looked at and did what."""
    SEE_VIOLATIONS = "see_violations"
    """Read suspected violations of the programme's rules, but those that concern oneself."""
    SETTLE_VIOLATIONS = "settle_violations"
    """Propose how one is closed, or agree to what somebody else proposed."""
    MANAGE_ACCOUNTS = "manage_accounts"
    """Invite staff, give and take roles, disable accounts."""


_OF_ROLE: dict[Role, frozenset[Permission]] = {
    Role.FRONT_DESK: frozenset({Permission.SEE_STUDENTS, Permission.SERVE_FAMILIES}),
    Role.COORDINATOR: frozenset(
        {
            Permission.SEE_STUDENTS,
            Permission.SERVE_FAMILIES,
            Permission.SEE_PROGRAMME,
            Permission.RUN_PROGRAMME,
            Permission.SEE_TRANSLATIONS,
            Permission.SEE_VIOLATIONS,
            Permission.SETTLE_VIOLATIONS,
        }
    ),
    Role.APPROVER: frozenset({Permission.SEE_TRANSLATIONS, Permission.APPROVE_TRANSLATIONS}),
    Role.AUDITOR: frozenset(
        {
            Permission.SEE_STUDENTS,
            Permission.SEE_PROGRAMME,
            Permission.SEE_TRANSLATIONS,
            Permission.SEE_AUDIT,
            Permission.SEE_VIOLATIONS,
        }
    ),
    # Who manages accounts needs no student's data for it.
    Role.ADMINISTRATOR: frozenset({Permission.MANAGE_ACCOUNTS, Permission.SEE_AUDIT}),
}


def permissions(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that these roles together allow."""
    return frozenset({Permission.OWN_ACCOUNT}.union(*(_OF_ROLE[role] for role in roles)))


@dataclass(frozen=True, slots=True)
class Access:
    """What one account may do, and for the students of which schools."""

    roles: frozenset[Role]
    schools: SchoolScope

    def may(self, permission: Permission) -> bool:
        """Whether one of the account's roles allows it."""
        return permission in permissions(self.roles)

    def acting_as(self, permission: Permission) -> Role | None:
        """The role that allows it, the humblest of several; none for an account without one."""
        allowing = (role for role in Role if permission in permissions(frozenset({role})))
        return next((role for role in allowing if role in self.roles), None)

    @property
    def oversees(self) -> bool:
        """Whether they see students without serving any: they say why before they do."""
        serves = self.may(Permission.SERVE_FAMILIES)
        return self.may(Permission.SEE_STUDENTS) and not serves
