"""Rosa at the front desk of the whole application, for tests that begin there."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from intake.accounts.model import Staff
from intake.accounts.staff import add_staff
from intake.roster.model import Guardian, Student
from tests.staff import EVERY_ROLE
from tests.web.family.conftest import Product

EMAIL, PASSWORD, PIN = "rosa@example.org", "marble tent quick fox", "482913"


class Rosa:
    """Signed in, with her own browser."""

    def __init__(self, product: Product) -> None:
        self.product = product
        with product.database.begin() as session:
            staff = add_staff(
                session,
                roles=EVERY_ROLE,
                email=EMAIL,
                name="Rosa",
                password=PASSWORD,
                at=product.clock.at,
            )
            self.id = staff.id
        self.browser: FlaskClient = product.app.test_client()
        self.sign_in()

    def sign_in(self) -> TestResponse:
        return self.post("/desk/sign-in", {"email": EMAIL, "password": PASSWORD}, "/desk/sign-in")

    def student_id(self, external_id: str = "S-1001") -> str:
        with self.product.database.read() as session:
            query = select(Student.id).where(Student.external_id == external_id)
            return session.scalars(query).one()

    def guardian_id(self, external_id: str = "S-1001") -> str:
        with self.product.database.read() as session:
            query = select(Guardian.id).where(Guardian.student_id == self.student_id(external_id))
            return session.scalars(query).one()

    def page(self, task: str, key: str = "", external_id: str = "S-1001") -> str:
        """The address of a task for the student's guardian, or for whom ``key`` names."""
        person = key or self.guardian_id(external_id)
        return f"/desk/students/{self.student_id(external_id)}/{task}/{person}"

    def press(self, address: str, way: str, **values: str) -> TestResponse:
        """Open a task's page, and press one of its buttons."""
        once = re.search(r'name="once" value="([^"]+)"', self.browser.get(address).text)
        assert once is not None
        return self.post(address, {"once": once[1], "way": way, **values}, address)

    def hand_over(self, task: str = "sign", external_id: str = "S-1001") -> TestResponse:
        """With a first PIN, where she has none yet."""
        address = self.page(task, external_id=external_id)
        return self.press(address, "saw:passport", pin=PIN, pin_again=PIN)

    def has_pin(self) -> bool:
        with self.product.database.read() as session:
            return session.get_one(Staff, self.id).pin_hash is not None

    def post(self, path: str, values: dict[str, str], shown_at: str) -> TestResponse:
        page = self.browser.get(shown_at).text
        token = re.findall(r'name="csrf_token"(?: type="hidden")? value="([^"]+)"', page)[-1]
        return self.browser.post(path, data={"csrf_token": token, **values})
