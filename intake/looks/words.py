"""As what somebody looked, and why: staff and families read the same words."""

from collections.abc import Mapping

from intake.accounts.model import Role
from intake.looks.model import LookBasis
from translations import mark

ROLES: Mapping[Role, str] = {
    # TRANSLATORS: the people at a school's counter, as what somebody of staff looked at a record
    Role.FRONT_DESK: mark("Front desk"),
    # TRANSLATORS: the person who runs the program
    Role.COORDINATOR: mark("Coordinator"),
    # TRANSLATORS: the person who says that a translation is right
    Role.APPROVER: mark("Approver of translations"),
    # TRANSLATORS: the person who checks whether everybody keeps the rules
    Role.AUDITOR: mark("Auditor"),
    # TRANSLATORS: the person who keeps the accounts of staff
    Role.ADMINISTRATOR: mark("Administrator"),
}

BASES: Mapping[LookBasis, str] = {
    # TRANSLATORS: why somebody of staff looked at a student's record
    LookBasis.SERVING: mark("To serve the family at the front desk"),
    # TRANSLATORS: why somebody of staff looked at a student's record: the family is asked to
    # answer the waiver
    LookBasis.INVITING: mark("To invite the family to answer"),
    # TRANSLATORS: why somebody of staff looked at a student's record
    LookBasis.PRINTING: mark("To print papers for the family"),
    # TRANSLATORS: why somebody of staff looked at a student's record
    LookBasis.REVIEWING: mark("To check papers that were scanned"),
    # TRANSLATORS: why somebody of staff looked at a student's record: a family typed a name
    LookBasis.MATCHING: mark("To find out which student is meant"),
    # TRANSLATORS: why somebody of staff looked at a student's record: the family has revoked
    LookBasis.REVOKING: mark("To end a permission that was taken back"),
    # TRANSLATORS: why somebody of staff looked at a student's record
    LookBasis.ANSWERING: mark("To answer the family's request"),
    # TRANSLATORS: why somebody of staff looked at a student's record
    LookBasis.PROGRAMME: mark("To run the program"),
    # TRANSLATORS: why somebody of staff looked at a student's record
    LookBasis.OVERSIGHT: mark("To check whether everybody keeps the rules"),
}
