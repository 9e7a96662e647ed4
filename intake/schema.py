"""The whole schema: every feature's tables, and the migrations that make them."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import intake.accounts.kiosks
import intake.accounts.model
import intake.accounts.sign_in_model
import intake.calendar.model
import intake.campaigns.model
import intake.concerns.model
import intake.consents.model
import intake.disclosures.copies
import intake.disclosures.model
import intake.documents.model
import intake.looks.model
import intake.lookups.model
import intake.matching.model
import intake.messages.holding
import intake.messages.model
import intake.paper.model
import intake.paper.reach
import intake.partners.model
import intake.revocations.model
import intake.roster.model
import intake.sharing.model  # noqa: F401
from intake.accounts.history import start_account_history
from intake.clock import now
from intake.concerns.history import start_concerns
from intake.consents.ledger import start_ledger
from intake.db import limits  # noqa: F401
from intake.db.base import Base
from intake.db.engine import Database
from intake.documents.releases import start_releases
from intake.looks.chain import start_looks
from intake.partners.history import start_history

_MIGRATIONS = Path(__file__).parent / "db" / "migrations"


def upgrade(database: Database) -> None:
    """Bring the database to the newest schema; safe to run again."""
    migrate(database)
    with database.begin() as session:
        start_ledger(session)
        start_history(session)
        start_concerns(session)
        start_looks(session)
        start_account_history(session)
        start_releases(session, at=now())


def migrate(database: Database) -> None:
    """The tables alone; nothing yet stands in them under the installation's own keys."""
    with database.engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        config.attributes["metadata"] = Base.metadata
        command.upgrade(config, "head")


def behind(database: Database) -> str | None:
    """What keeps this database from being used: it has not been upgraded. A look at one row."""
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if current == newest:
        return None
    return f"schema is at {current or 'nothing'}, needs {newest}: run `intake db upgrade`"


def schema_problems(database: Database) -> list[str]:
    """The same, and every table and column that differs from the code: takes a second."""
    problem = behind(database)
    if problem is not None:
        return [problem]
    with database.engine.connect() as connection:
        return [f"schema differs from the code: {change}" for change in _changes(connection)]


def _changes(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    return list(compare_metadata(context, Base.metadata))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
