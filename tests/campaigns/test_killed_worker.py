"""A worker killed in the middle of a campaign: nobody gets two, nobody is left out unseen."""

from intake.db.engine import Database
from intake.messages.model import MessageState
from tests.campaigns.killing import kill_and_resume


def test_nobody_gets_two_messages_and_nobody_is_left_out_or_is_shown_as_unknown(
    database: Database,
) -> None:
    outcome = kill_and_resume(database, 120)
    assert 0 < outcome.before_the_kill < 120
    assert outcome.recipients == 120
    assert set(outcome.received.values()) == {1}
    assert outcome.silent <= outcome.unknown
    assert sum(outcome.states.values()) == 120
    assert set(outcome.states) <= {MessageState.SENT, MessageState.UNKNOWN}
    assert len(outcome.unknown) <= 8, "only what was under way"
