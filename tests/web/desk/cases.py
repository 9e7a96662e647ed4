"""A revocation at the desk: a later no, as a family gives it, and what a destination has of it."""

from datetime import timedelta

from sqlalchemy import select

from intake.clock import now
from intake.consents.model import Consent, Revocation
from intake.sharing.events import PublishedType
from intake.sharing.model import Confirmation, Destination, Publication, PublicationState
from tests.web.desk.conftest import Desk


def revoke(desk: Desk, *, name: str = "Paw Wah", ago: timedelta = timedelta(hours=1)) -> Revocation:
    student = desk.enrol(name)
    desk.sign(student, ago=ago + timedelta(hours=1))
    desk.sign(student, granted=False, ago=ago)
    with desk.database.read() as session:
        query = select(Revocation).where(Revocation.student_id == student.id)
        return session.scalars(query).one()


def tell(desk: Desk, revocation: Revocation, destination: str, *, delivered: bool) -> None:
    with desk.database.begin() as session:
        session.add(
            Destination(
                id=destination,
                kind="webhook",
                url="https://share.example",
                secret="whsec_x",
                active=True,
                created_at=now(),
            )
        )
        session.flush()
        consent = select(Consent.id).where(Consent.revocation_id == revocation.id).limit(1)
        session.add(
            Publication(
                event_id=f"event of {revocation.id}"[:36],
                destination_id=destination,
                sequence=1,
                student_id=revocation.student_id,
                consent_id=session.scalars(consent).one(),
                revocation_id=revocation.id,
                type=PublishedType.REVOKED,
                body="{}",
                state=PublicationState.DELIVERED if delivered else PublicationState.PENDING,
                attempts=1,
                next_attempt_at=now(),
                delivered_at=now() if delivered else None,
            )
        )


def confirm(desk: Desk, revocation: Revocation, destination: str) -> None:
    with desk.database.begin() as session:
        session.add(
            Confirmation(
                revocation_id=revocation.id,
                destination_id=destination,
                confirmed_at=now(),
                webhook_id="msg_1",
            )
        )
