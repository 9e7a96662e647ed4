"""A consent record as a FHIR R4 ``Consent`` (hl7.org/fhir/R4/consent.html).

The record's own words stay, as codes of systems of ours; what FHIR has words for, it says in them.
"""

import json
from typing import Any

_OWN = "urn:promisepartnership:consent:"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_ACTIVE = "dpv:ConsentGiven"
_LAW = "https://www.ecfr.gov/current/title-34/part-99/section-99.30"

Json = dict[str, Any]


def with_fhir_consent(event: str) -> str:
    """The CloudEvent with a FHIR ``Consent`` as its data."""
    values = json.loads(event)
    consent = fhir_consent(values["data"])
    changed = {**values, "datacontenttype": "application/fhir+json", "data": consent}
    return json.dumps(changed, ensure_ascii=False, separators=(",", ":"))


def fhir_consent(record: Json) -> Json:
    """One consent record (intake/sharing/record.py, with its subject) as FHIR.

    Only ``active`` permits anything. ``inactive`` is what FHIR has for every ending; which it
    was is in the extension ``ending``.
    """
    is_active = record["status"] == _ACTIVE
    return {
        "resourceType": "Consent",
        "id": record["record_id"],
        "contained": [_patient(record["subject"])],
        **_extensions(record),
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": record["@id"]}],
        "status": "active" if is_active else "inactive",
        "scope": _concept(_TERMINOLOGY + "consentscope", "patient-privacy"),
        "category": [_concept("http://loinc.org", "59284-0", "Consent Document")],
        "patient": {"reference": "#student", "identifier": _identifiers(record["subject"])[0]},
        "dateTime": record["signed_at"],
        "performer": [_performer(record["signer"])],
        "sourceReference": {
            "type": "DocumentReference",
            "identifier": {
                "system": _OWN + "document-sha256",
                "value": record["document_sha256"],
            },
        },
        "policy": [{"authority": "https://www.ecfr.gov", "uri": _LAW}],
        "policyRule": _concept(_TERMINOLOGY + "v3-ActCode", "OPTIN"),
        "provision": _provision(record),
    }


def _patient(subject: Json) -> Json:
    """Who the student is: by name only while the consent is in force."""
    patient: Json = {
        "resourceType": "Patient",
        "id": "student",
        "identifier": _identifiers(subject),
    }
    if "name" in subject:
        patient["name"] = [{"text": subject["name"]}]
        patient["birthDate"] = subject["birth_date"]
        patient["managingOrganization"] = {"display": subject["school"]["name"]}
    return patient


def _identifiers(subject: Json) -> list[Json]:
    """The school's number first, where there is one."""
    own = {"system": _OWN + "student", "value": subject["id"]}
    if not subject["external_id"]:
        return [own]
    return [{"system": _OWN + "roster-student", "value": subject["external_id"]}, own]


def _performer(signer: Json) -> Json:
    """By relationship alone: the signer's name is nobody's business."""
    is_student = signer["relationship"] == "eligible_student"
    if is_student:
        return {"reference": "#student", "display": "eligible_student"}
    return {"type": "RelatedPerson", "display": signer["relationship"]}


def _provision(record: Json) -> Json:
    """What may be disclosed, to which classes of partners, what for, and until when."""
    return {
        "type": "permit",
        "period": {"start": record["signed_at"], "end": record["valid_until"]},
        "actor": [
            {
                "role": _concept(_TERMINOLOGY + "v3-ParticipationType", "IRCP"),
                "reference": {
                    "type": "Organization",
                    "identifier": {"system": _OWN + "partner-class", "value": name},
                },
            }
            for name in record["recipients"]
        ],
        "action": [_concept(_TERMINOLOGY + "consentaction", "disclose")],
        "purpose": [{"system": _OWN + "purpose", "code": name} for name in record["purposes"]],
        "code": [_concept(_OWN + "element", name) for name in record["elements"]],
    }


def _extensions(record: Json) -> Json:
    """What a receiver must do, and the ids its confirmation names."""
    found: list[Json] = []
    if "required_action" in record:
        found.append({"url": _OWN + "required-action", "valueCode": record["required_action"]})
    if "revocation" in record:
        found.append({"url": _OWN + "revocation", "valueId": record["revocation"]["id"]})
    if "ending" in record:
        found.append({"url": _OWN + "ending", "valueCode": record["ending"]["reason"]})
    if "suspension" in record:
        suspended_at = record["suspension"]["suspended_at"]
        found.append({"url": _OWN + "suspended", "valueDateTime": suspended_at})
    return {"extension": found} if found else {}


def _concept(system: str, code: str, display: str | None = None) -> Json:
    coding = {"system": system, "code": code}
    return {"coding": [coding | ({"display": display} if display else {})]}
