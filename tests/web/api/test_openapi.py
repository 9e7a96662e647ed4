"""The description fits OpenAPI 3.1, and the API fits the description."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from intake.accounts.api_clients import ApiScope
from intake.db.limits import Limit
from intake.sharing.destinations import add_destination
from intake.sharing.standard_webhooks import new_secret
from intake.web.api.openapi import document
from tests.conftest import NOW
from tests.disclosures.scene import Scene
from tests.web.api.conftest import Ask, access_token


def test_it_is_openapi_3_1(client: FlaskClient) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    answer = client.get("/api/v1/openapi.json")
    assert answer.json == document()
    validator.validate(answer.json)


def test_every_error_of_ours_and_every_scope_is_described() -> None:
    whole = document()
    scopes = whole["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert set(scopes["scopes"]) == set(ApiScope)
    for path, operations in whole["paths"].items():
        for method in operations.keys() & {"get", "post", "put", "delete"}:
            described = operations[method]
            assert "500" in described["responses"], path
            if any("token" in one for one in described["security"]):
                assert {"401", "403", "429"} <= described["responses"].keys(), path
            if "requestBody" in described:
                assert {"400", "413", "415"} <= described["responses"].keys(), path


def test_its_examples_are_as_described() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    whole = document()
    for operations in whole["paths"].values():
        for described in operations.values():
            if not isinstance(described, dict):
                continue
            bodies = [described.get("requestBody", {}), *described["responses"].values()]
            for content in [one for body in bodies for one in body.get("content", {}).values()]:
                examples = [one["value"] for one in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                schema = {**content["schema"], "components": whole["components"]}
                for example in examples:
                    jsonschema.validate(example, schema, cls=jsonschema.Draft202012Validator)


def test_every_route_of_these_is_described(app: Flask) -> None:
    rules = [str(rule).translate(str.maketrans("<>", "{}")) for rule in app.url_map.iter_rules()]
    served = {rule for rule in rules if rule.startswith("/api/")}
    assert served == set(document()["paths"])


def test_answers_are_as_described(ask: Ask, question: dict[str, Any]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = {
        "$ref": "#/components/schemas/DecisionAnswers",
        "components": document()["components"],
    }
    denied = {**question, "student": "nobody", "partner": "nobody", "role": "x"}
    answer = ask({"decisions": [question, denied]})
    jsonschema.validate(answer.json, schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("kind", ["static", "oauth"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_schemathesis_finds_nothing(
    client: FlaskClient,
    app: Flask,
    scene: Scene,
    token: str,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Made-up requests, right and wrong, against the description; all of its checks."""
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, Phase, settings  # noqa: PLC0415

    from tests.web.api import schemathesis_hooks  # noqa: PLC0415

    assert schemathesis_hooks  # it registers itself
    with scene.database.begin() as session:
        add_destination(session, "puller", "pull", "", new_secret(), at=NOW)
    _lift_limits(monkeypatch)
    bearer = token if kind == "static" else access_token(client)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=12, deadline=None, database=None, derandomize=True,
            phases=[Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @schemathesis_given(operation)
        def check(case: Any) -> None:
            _aim(case, scene)
            case.call_and_validate(headers={"Authorization": f"Bearer {bearer}"})

        check()


def _aim(case: Any, scene: Scene) -> None:
    """Half of what is meant right asks for what there is, or nothing made up would be found."""
    if not case.meta.generation.mode.is_positive or ord(case.id[-1]) % 2:
        return
    there = {"student": scene.student_id, "partner": "tutors"}
    for name in case.path_parameters:
        case.path_parameters[name] = there[name]
    for name in ("destination", "after", "wait", "cursor"):
        case.query.pop(name, None)


def _lift_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still, so every call is in the same minute."""
    for place in (
        "intake.accounts.api_clients.CALLS",
        "intake.lookups.find.LOOKUPS",
        "intake.lookups.find.LOOKUPS_IN_SCHOOL",
        "intake.lookups.find.MISSES",
    ):
        monkeypatch.setattr(place, Limit(place[-20:], 10**6, timedelta(minutes=1)))


def schemathesis_given(operation: Any) -> Any:
    from hypothesis import given  # noqa: PLC0415
    from hypothesis import strategies as st  # noqa: PLC0415
    from schemathesis import GenerationMode  # noqa: PLC0415

    return given(
        case=st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )
    )
