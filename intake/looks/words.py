"""What a look is called, for staff and for families; both read the same words."""

from collections.abc import Mapping

from intake.accounts.model import Role
from intake.looks.model import LookBasis, LookKind
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
    # TRANSLATORS: why somebody of staff looked at a student's record; so are the next eight
    LookBasis.SERVING: mark("To serve the family at the front desk"),
    LookBasis.INVITING: mark("To invite the family to answer"),
    LookBasis.PRINTING: mark("To print papers for the family"),
    LookBasis.REVIEWING: mark("To check papers that were scanned"),
    LookBasis.MATCHING: mark("To find out which student is meant"),
    LookBasis.REVOKING: mark("To see to it that a permission ends which was taken back"),
    LookBasis.ANSWERING: mark("To answer the family's request"),
    LookBasis.PROGRAMME: mark("To run the program"),
    LookBasis.OVERSIGHT: mark("To check whether everybody keeps the rules"),
}

KINDS: Mapping[LookKind, str] = {
    # TRANSLATORS: what somebody of staff saw or did; so are the next six
    LookKind.LISTED: mark("In a list"),
    LookKind.READ: mark("Page read"),
    LookKind.DOCUMENT: mark("Document opened"),
    LookKind.PICTURE: mark("Scanned page looked at"),
    LookKind.PRINTED: mark("Paper printed"),
    LookKind.EXPORTED: mark("Saved as a file"),
    LookKind.CHANGED: mark("Something done"),
}
