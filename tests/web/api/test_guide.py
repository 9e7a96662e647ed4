"""docs/api.md and docs/operating.md, followed."""

import json
import re
from pathlib import Path
from typing import Any

from intake.db.engine import Database
from intake.partners.importing import import_partners
from intake.roster.students import add_school
from intake.web.api.decision_shapes import DecisionAnswer, DecisionRequest
from intake.web.api.shapes import read
from tests.conftest import NOW
from tests.web.api.conftest import Ask

DOCS = Path(__file__).parents[3] / "docs"


def blocks(name: str, language: str) -> list[str]:
    text = (DOCS / name).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_guide_s_questions_and_answers(ask: Ask, question: dict[str, Any]) -> None:
    asked, told, recorded = (json.loads(block) for block in blocks("api.md", "json"))
    read(DecisionRequest, asked)
    assert set(told) == set(DecisionAnswer.__dataclass_fields__)
    here = {"student": question["student"], "partner": "tutors"}
    answer = ask({**asked, **here}).json or {}
    assert answer["elements"] == told["elements"]
    assert (ask({**recorded, **here}).json or {})["disclosure"]


def test_the_guide_s_partners_can_be_imported(database: Database) -> None:
    [file] = blocks("operating.md", "toml")
    with database.begin() as session:
        add_school(session, "Riverside Elementary School", external_id="riverside")
        assert sum(import_partners(session, file, at=NOW).counts.values()) == 7
