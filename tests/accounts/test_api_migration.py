"""Clients from before there were the scope ``disclose`` and destinations."""

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from intake.accounts.model import ApiClient
from intake.db.base import Base
from intake.db.engine import Database
from intake.schema import _config, upgrade
from tests.conftest import NOW


def test_who_decided_may_still_record_and_reads_no_feed(database: Database) -> None:
    config = _config()
    revision = ScriptDirectory.from_config(config).get_revision("0008")
    assert isinstance(revision.down_revision, str)
    with database.engine.begin() as connection:
        config.attributes.update(connection=connection, metadata=Base.metadata)
        command.downgrade(config, revision.down_revision)
        for name, scopes in (("decider", '["decide"]'), ("feeder", '["feed"]')):
            connection.execute(
                text("INSERT INTO api_clients (id, scopes, created_at) VALUES (:id, :scopes, :at)"),
                {"id": name, "scopes": scopes, "at": NOW.replace(tzinfo=None)},
            )
    upgrade(database)
    with database.read() as session:
        decider, feeder = (session.get_one(ApiClient, one) for one in ("decider", "feeder"))
    assert (decider.scopes, feeder.scopes) == (["decide", "disclose"], ["feed"])
    assert decider.destinations == feeder.destinations == []
