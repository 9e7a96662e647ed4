"""Members of staff for tests that are not about what a role may do."""

from intake.accounts.model import Role

EVERY_ROLE = frozenset(Role)
