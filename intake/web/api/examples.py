"""Examples for the API's description; the same people as in the guide and the tests."""

_STUDENT = "0b8f5a0e-3c1d-4f0e-9a55-6f4f3d2c1b0a"

TOKEN = {
    "access_token": "intake_access_example",
    "token_type": "Bearer",
    "expires_in": 900,
    "scope": "decide disclose",
}
DECISION = {
    "student": _STUDENT,
    "partner": "tutors-west",
    "person": "ana",
    "role": "tutor",
    "purpose": "academic_support",
    "elements": ["grades", "absence_reasons"],
}
RECORDED_DECISION = {
    **DECISION,
    "student": "own:104711",
    "elements": ["grades"],
    "record": True,
    "idempotency_key": "visit-2026-11-23-17",
}
DECISION_ANSWER = {
    **DECISION,
    "at": "2026-11-23T21:00:00Z",
    "decision": "deny",
    "elements": [
        {"element": "grades", "decision": "permit", "reasons": []},
        {"element": "absence_reasons", "decision": "deny", "reasons": ["no_need_to_know"]},
    ],
    "consent": {"id": "5d0c1b7e-8f2a-4f0e-9a55-6f4f3d2c1b0a", "version": "2026-1"},
    "disclosure": None,
}
LOOKUP = {"name": "Emma Johnson", "birth_date": "2015-04-12", "school": "riverside"}
LOOKUP_ANSWER = {"match": "certain", "student": _STUDENT}
LINK = {"identifier": "104711"}
CONFIRMATION = {
    "destination": "clienttrack",
    "revocation": "7a1e6c52-0d5e-4b8c-9a55-6f4f3d2c1b0a",
    "event": "c3f0a9d4-5b1c-4f0e-9a55-6f4f3d2c1b0a",
    "state": "identity_hidden",
}
