"""Members of staff for tests that are not about what a role may do, or about signing in."""

import re
from datetime import datetime

import pyotp
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from intake.accounts.agreement import accept, current_agreement
from intake.accounts.model import Role, Staff
from intake.accounts.trainings import record_training
from intake.clock import now
from intake.consents.ledger import SYSTEM
from intake.db.engine import Database

EVERY_ROLE = frozenset(Role)
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""Of the authenticator app that everybody whom ``make_ready`` prepared has."""


def make_ready(session: Session, staff: Staff, *, at: datetime | None = None) -> Staff:
    """Give an account what the programme's rules ask for: app, agreement, training."""
    moment = at or now()
    staff.totp_secret = APP_SECRET
    accept(session, staff.id, sha256=current_agreement().sha256, at=moment)
    today = moment.date()
    record_training(session, staff, today, today=today, by=SYSTEM, at=moment)
    return staff


def second_step(database: Database, browser: FlaskClient, page: TestResponse) -> TestResponse:
    """Answer the second step, if the sign-in has led to it; a used code is as if never used."""
    if page.status_code != 303 or page.location != "/desk/second-step":
        return page
    forget_used_codes(database)
    token = re.findall(
        r'name="csrf_token" type="hidden" value="([^"]+)"', browser.get(page.location).text
    )[-1]
    return browser.post(page.location, data={"csrf_token": token, "code": app_code()})


def app_code(at: datetime | None = None) -> str:
    """What the app shows."""
    return pyotp.TOTP(APP_SECRET).at(at or now())


def forget_used_codes(database: Database) -> None:
    """As if half a minute had passed: tests sign in more often than people."""
    with database.begin() as session:
        session.query(Staff).update({Staff.totp_step: None})
