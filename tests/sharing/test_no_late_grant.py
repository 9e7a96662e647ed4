"""No grant travels after its consent has ended: by chance, and by stories it tells seldom.

The world that both play in is publishing_world.py, its rules are in publishing_rules.py.
"""

import random
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from intake.sharing.outcomes import REFUSALS_TO_DIE
from tests.sharing.builders import withdraw
from tests.sharing.publishing_rules import Publishing
from tests.sharing.publishing_world import PUSHED


def _stopped_by_a_paper(world: Publishing) -> None:
    world.give(0, 400, 400)
    world.deliver(PUSHED)
    world.hold(0, 0)


def _switched_off_while_a_paper_was_settled(world: Publishing) -> None:
    _stopped_by_a_paper(world)
    world.deliver(PUSHED)
    world.switch(PUSHED)
    world.lift(0)
    world.switch(PUSHED)


def _signed_under_a_paper_that_was_settled_while_switched_off(world: Publishing) -> None:
    world.give(0, 400, 400)
    world.hold(0, 0)
    world.switch(PUSHED)
    world.lift(0)
    world.switch(PUSHED)


def _ended_after_an_answer_that_got_lost(world: Publishing) -> None:
    world.give(0, 400, 400)
    world.take(PUSHED, "a")
    world.finish(0, arrives=True, told="lost")
    world.revoke(0)


def _ended_by_its_date_before_it_was_sent(world: Publishing) -> None:
    world.give(0, 0, 400)
    world.days_pass(1)
    world.deliver(PUSHED)


def _grew_up_before_it_was_sent(world: Publishing) -> None:
    world.give(0, 400, 0)
    world.days_pass(1)
    world.deliver(PUSHED)


def _an_ending_that_had_to_be_repeated(world: Publishing) -> None:
    world.give(0, 400, 400)
    world.deliver(PUSHED)
    world.revoke(0)
    world.give(0, 400, 400)
    world.take(PUSHED, "a")
    world.finish(0, arrives=False, told="lost")
    world.deliver(PUSHED)


def _a_grant_that_was_refused_and_passed_by_an_ending(world: Publishing) -> None:
    world.give(0, 0, 400)
    world.deliver(PUSHED)
    world.give(0, 400, 400)
    world.take(PUSHED, "a")
    world.finish(0, arrives=False, told="refused")
    world.days_pass(1)
    world.write_what_the_calendar_ended()
    world.deliver(PUSHED)
    world.replay_dead()


def _a_revocation_that_was_refused_and_passed_by_another_ending(world: Publishing) -> None:
    """The grant that waits behind it must still come after it."""
    world.give(0, 400, 400)
    world.deliver(PUSHED)
    with world.database.begin() as session:
        first = world.active(session, 0)
        world.grant_one(session, 0)
        withdraw(session, world.students[0].id, first, at=world.at)
    world.take(PUSHED, "a")
    world.finish(0, arrives=True, told="ok")
    world.take(PUSHED, "a")
    world.finish(0, arrives=False, told="refused")
    world.hold(0, 0)
    world.deliver(PUSHED)
    world.lift(0)
    world.replay_dead()


def _lost_a_part_under_a_paper(world: Publishing) -> None:
    world.give(0, 400, 400)
    world.deliver(PUSHED)
    world.hold(0, 0)
    world.take_back_a_part(0, "grades")
    world.deliver(PUSHED)
    world.deliver(PUSHED)
    world.lift(0)
    world.deliver(PUSHED)


def _lost_a_part_while_the_grant_was_on_its_way(world: Publishing) -> None:
    world.give(0, 400, 400)
    world.take(PUSHED, "a")
    world.take_back_a_part(0, "grades")
    world.hold(0, 0)
    world.finish(0, arrives=True, told="lost")
    world.lift(0)


STORIES = [
    _lost_a_part_under_a_paper,
    _lost_a_part_while_the_grant_was_on_its_way,
    _stopped_by_a_paper,
    _switched_off_while_a_paper_was_settled,
    _signed_under_a_paper_that_was_settled_while_switched_off,
    _ended_after_an_answer_that_got_lost,
    _ended_by_its_date_before_it_was_sent,
    _grew_up_before_it_was_sent,
    _an_ending_that_had_to_be_repeated,
    _a_grant_that_was_refused_and_passed_by_an_ending,
    _a_revocation_that_was_refused_and_passed_by_another_ending,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_chance_finds_seldom(
    migrated_sqlite: Path, story: Callable[[Publishing], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stories of the same world, which it must tell each time; one refusal makes a dead letter."""
    monkeypatch.setattr("intake.sharing.outcomes.REFUSALS_TO_DIE", 1)
    Publishing.template = migrated_sqlite
    world = Publishing()
    world.begin()
    try:
        story(world)
    finally:
        world.teardown()


@pytest.mark.parametrize("patience", [1, REFUSALS_TO_DIE])
def test_no_grant_travels_after_its_consent_has_ended(
    migrated_sqlite: Path, patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.sharing.outcomes.REFUSALS_TO_DIE", patience)
    # Rows are ordered by ids where nothing else tells them apart: the same story must always
    # take the same way. Hypothesis seeds `random` before each one.
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=random.getrandbits(128), version=4))
    Publishing.template = migrated_sqlite
    run_state_machine_as_test(
        Publishing,
        settings=settings(max_examples=25, stateful_step_count=50, deadline=None, database=None),
    )
