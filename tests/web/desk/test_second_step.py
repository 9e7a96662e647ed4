"""The second step, passkeys, links from emails, and what the rules ask for: through the pages."""

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from intake.accounts.history import AccountEvent, AccountEventKind, history_of
from intake.accounts.model import Role, Staff
from intake.accounts.recovery import new_codes
from intake.accounts.sign_in_model import AgreementAccepted, RecoveryCode, StaffTraining
from intake.accounts.tries import BEGIN_LIMIT, LINK_LIMIT
from intake.clock import now
from intake.db.limits import count_attempt
from intake.messages.model import OutgoingMessage
from intake.web.app import connect_subscribers
from tests.accounts.authenticator import SoftKey
from tests.staff import app_code
from tests.web.desk.conftest import EMAIL, PASSWORD, Desk, csrf_token

ORIGIN = "https://waivers.example.org"
STEP = "/desk/second-step"


def _password(desk: Desk) -> TestResponse:
    return desk.post(
        "/desk/sign-in", {"email": EMAIL, "password": PASSWORD}, shown_at="/desk/sign-in"
    )


def _change(desk: Desk, **values: object) -> None:
    with desk.database.begin() as session:
        session.execute(update(Staff).where(Staff.id == desk.staff.id).values(**values))


def _mailed(desk: Desk) -> list[str]:
    with desk.database.read() as session:
        query = select(OutgoingMessage.body).order_by(OutgoingMessage.created_at)
        return list(session.scalars(query))


def _link(desk: Desk) -> str:
    return re.findall(r"https://[^/]+(/desk/\S+)", _mailed(desk)[-1])[0]


def _options(page: TestResponse) -> str:
    return html.unescape(re.findall(r'data-options="([^"]+)"', page.text)[0])


def test_the_password_alone_opens_nothing(desk: Desk) -> None:
    assert _password(desk).location == STEP
    assert desk.browser.get("/desk/").status_code == 303
    assert desk.browser.get("/desk/account").status_code == 303
    with desk.database.read() as session:
        assert AccountEventKind.SIGNED_IN not in {
            event.kind for event in history_of(session, desk.staff.id)
        }


def test_a_code_is_taken_once(desk: Desk) -> None:
    code = app_code()
    _password(desk)
    assert desk.post(STEP, {"code": code}, shown_at=STEP).location == "/desk/"
    desk.browser.delete_cookie("session")
    _password(desk)
    again = desk.post(STEP, {"code": code}, shown_at=STEP)
    assert again.status_code == 422
    assert "used already" in again.text


def test_five_wrong_codes_close_the_second_step_there_and_nowhere_else(desk: Desk) -> None:
    _password(desk)
    for _ in range(5):
        assert desk.post(STEP, {"code": "000000"}, shown_at=STEP).status_code == 422
    closed = desk.post(STEP, {"code": app_code()}, shown_at=STEP)
    assert closed.status_code == 429
    elsewhere = desk.browser.application.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.9"
    desk.browser = elsewhere
    assert desk.sign_in().location == "/desk/"


def test_the_second_step_waits_ten_minutes_and_ends_with_a_changed_password(desk: Desk) -> None:
    _password(desk)
    with desk.browser.session_transaction() as session:
        session["desk_pending"] = {**session["desk_pending"], "at": int(now().timestamp()) - 600}
    assert desk.browser.get(STEP).location == "/desk/sign-in"
    _password(desk)
    _change(desk, session_key="another")
    assert desk.browser.get(STEP).location == "/desk/sign-in"


def test_a_recovery_code_opens_once_and_the_owner_is_told(desk: Desk) -> None:
    connect_subscribers(desk.context)
    with desk.database.begin() as session:
        code = new_codes(session, desk.staff, at=now())[0]
    _password(desk)
    assert desk.post(STEP, {"code": code}, shown_at=STEP).location == "/desk/"
    assert "recovery code was used" in _mailed(desk)[-1]
    desk.browser.delete_cookie("session")
    _password(desk)
    assert desk.post(STEP, {"code": code}, shown_at=STEP).status_code == 422


def test_at_the_first_sign_in_an_app_is_set_up_and_paper_codes_are_shown(desk: Desk) -> None:
    _change(desk, totp_secret=None)
    assert _password(desk).location == "/desk/set-up"
    assert desk.browser.get("/desk/").status_code == 303
    page = desk.browser.get("/desk/set-up/app").text
    assert page == desk.browser.get("/desk/set-up/app").text, "the secret stays while it is shown"
    secret = re.findall(r'id="secret"[^>]*>([^<]+)<', page)[0].replace(" ", "")
    wrong = desk.post("/desk/set-up/app", {"code": "000000"}, shown_at="/desk/set-up/app")
    assert wrong.status_code == 422
    done = desk.post(
        "/desk/set-up/app", {"code": pyotp.TOTP(secret).now()}, shown_at="/desk/set-up/app"
    )
    assert len(re.findall(r"<code[^>]*>[a-z0-9]{5}-[a-z0-9]{5}</code>", done.text)) == 10
    assert desk.browser.get("/desk/").status_code == 200


def test_who_has_a_second_step_cant_set_up_another_with_the_password_alone(desk: Desk) -> None:
    _password(desk)
    for path in ("/desk/set-up", "/desk/set-up/app", "/desk/set-up/passkey"):
        assert desk.browser.get(path).location == "/desk/sign-in"


@pytest.fixture
def key(signed_in: Desk) -> SoftKey:
    """A passkey of Rosa's, set up on her own page."""
    key = SoftKey(ORIGIN)
    path = "/desk/set-up/passkey"
    page = signed_in.browser.get(path)
    values = {"csrf_token": csrf_token(page), "name": "blue", "answer": key.make(_options(page))}
    assert signed_in.browser.post(path, data=values).status_code == 200
    signed_in.browser.delete_cookie("session")
    return key


def _show(desk: Desk, key: SoftKey, asked: str, path: str) -> TestResponse:
    page = desk.browser.get(asked)
    values = {"csrf_token": csrf_token(page), "answer": key.show(_options(page))}
    return desk.browser.post(path, data=values)


def test_a_passkey_signs_in_alone_or_after_the_password(signed_in: Desk, key: SoftKey) -> None:
    assert _show(signed_in, key, "/desk/passkey", "/desk/passkey").location == "/desk/"
    signed_in.browser.delete_cookie("session")
    _password(signed_in)
    assert _show(signed_in, key, STEP, f"{STEP}/passkey").location == "/desk/"
    signed_in.browser.delete_cookie("session")
    _change(signed_in, disabled_at=now())
    assert _show(signed_in, key, "/desk/passkey", "/desk/passkey").status_code == 422


def test_a_passkeys_answer_cant_be_played_again(signed_in: Desk, key: SoftKey) -> None:
    page = signed_in.browser.get("/desk/passkey")
    values = {"csrf_token": csrf_token(page), "answer": key.show(_options(page))}
    cookie = signed_in.browser.get_cookie("session")
    assert cookie is not None
    assert signed_in.browser.post("/desk/passkey", data=values).location == "/desk/"
    signed_in.browser.set_cookie("session", cookie.value)
    assert signed_in.browser.post("/desk/passkey", data=values).status_code == 422


def test_who_shows_nothing_but_nonsense_does_not_fill_the_history(desk: Desk) -> None:
    page = desk.browser.get("/desk/passkey")
    values = {"csrf_token": csrf_token(page), "answer": "nonsense"}
    assert desk.browser.post("/desk/passkey", data=values).status_code == 422
    with desk.database.begin() as session:
        entries = session.scalars(select(func.count(AccountEvent.sequence))).one()
        for _ in range(BEGIN_LIMIT.count - 3):  # the page twice, and the answer
            count_attempt(session, BEGIN_LIMIT, "127.0.0.1", at=now())
    assert desk.browser.post("/desk/passkey", data=values).status_code == 429
    with desk.database.read() as session:
        assert session.scalars(select(func.count(AccountEvent.sequence))).one() == entries


def test_an_unlocked_computer_gives_no_account_away(signed_in: Desk) -> None:
    with signed_in.browser.session_transaction() as session:
        session["desk_proven"] = int(now().timestamp()) - 600
    for path in ("/desk/set-up/app", "/desk/set-up/passkey"):
        assert signed_in.browser.get(path).location.startswith("/desk/account/prove")
    for path in ("recovery-codes", "app/remove"):
        answer = signed_in.post(f"/desk/account/{path}", {}, shown_at="/desk/account")
        assert answer.location.startswith("/desk/account/prove")
    prove = "/desk/account/prove"
    assert signed_in.post(prove, {"password": "wrong wrong"}, shown_at=prove).status_code == 422
    assert signed_in.post(prove, {"password": PASSWORD}, shown_at=prove).status_code == 303
    assert signed_in.browser.get("/desk/set-up/app").status_code == 200


def test_the_only_second_step_cant_be_removed(signed_in: Desk) -> None:
    answer = signed_in.post("/desk/account/app/remove", {}, shown_at="/desk/account")
    assert answer.status_code == 303
    assert "only second step" in signed_in.browser.get("/desk/account").text


def test_new_recovery_codes_void_the_old(signed_in: Desk) -> None:
    page = signed_in.post("/desk/account/recovery-codes", {}, shown_at="/desk/account")
    codes = re.findall(r"<code[^>]*>([^<]+)</code>", page.text)
    assert len(codes) == 10
    with signed_in.database.read() as session:
        assert codes[0] not in str(session.scalars(select(RecoveryCode.code_key)).all())


def test_a_password_that_is_too_old_is_changed_before_anything_else(desk: Desk) -> None:
    _change(desk, password_set_at=now() - timedelta(days=183))
    desk.sign_in()
    path = desk.browser.get("/desk/revocations").location
    assert path.startswith("/desk/account/password?next=/desk/revocations")
    new = "seven green lamps sing"

    def change(current: str, password: str, again: str) -> TestResponse:
        values = {"current": current, "password": password, "again": again}
        return desk.post(path, values, shown_at=path)

    assert change(PASSWORD, PASSWORD, PASSWORD).status_code == 422
    assert change(PASSWORD, new, "another").status_code == 422
    assert change("wrong wrong", new, new).status_code == 422
    assert change(PASSWORD, new, new).location == "/desk/revocations"
    assert desk.browser.get("/desk/revocations").status_code == 200


def test_no_page_with_data_opens_before_agreement_and_training(signed_in: Desk) -> None:
    with signed_in.database.begin() as session:
        session.query(AgreementAccepted).delete()
        session.query(StaffTraining).delete()
    about = f"/desk/violations/new?student={signed_in.enrol('Naw Paw').id}"
    for path in ("/desk/", about, "/coordinator/partners", "/coordinator/accounts"):
        assert signed_in.browser.get(path).location.startswith("/desk/agreement")
    assert signed_in.browser.get("/desk/account").status_code == 200
    page = signed_in.browser.get("/desk/agreement").text
    sha256 = re.findall(r'name="sha256" value="([^"]+)"', page)[0]

    def agree(**values: str) -> TestResponse:
        return signed_in.post("/desk/agreement", values, shown_at="/desk/agreement")

    assert agree(sha256=sha256).status_code == 422
    assert agree(sha256="0" * 64, agrees="y").status_code == 422
    assert agree(sha256=sha256, agrees="y").status_code == 303
    told = signed_in.browser.get(signed_in.browser.get("/desk/").location).text
    assert "help@example.org" in told
    assert "Training is missing" in told


def test_forgotten_looks_the_same_for_everybody_and_mails_only_the_owner(desk: Desk) -> None:
    pages = [
        desk.post("/desk/forgotten", {"email": email}, shown_at="/desk/forgotten")
        for email in (EMAIL, "nobody@example.org", "not an address")
    ]
    assert len({page.text for page in pages}) == 1
    assert len(_mailed(desk)) == 1
    link = _link(desk)
    values = {"password": "seven green lamps sing", "again": "seven green lamps sing"}
    assert desk.post(link, values, shown_at=link).location == "/desk/sign-in"
    assert desk.browser.get(link).status_code == 410
    assert desk.sign_in("seven green lamps sing").location == "/desk/", "the app is asked as before"


def test_asking_for_links_has_a_limit_that_voids_nobodys_link(desk: Desk) -> None:
    def ask() -> TestResponse:
        return desk.post("/desk/forgotten", {"email": EMAIL}, shown_at="/desk/forgotten")

    for _ in range(7):
        assert ask().status_code == 200
    assert len(_mailed(desk)) == 5
    for body in _mailed(desk):
        path = re.findall(r"https://[^/]+(/desk/\S+)", body)[0]
        assert desk.browser.get(path).status_code == 200


def test_guessed_links_are_counted_and_right_ones_open_all_the_same(desk: Desk) -> None:
    desk.post("/desk/forgotten", {"email": EMAIL}, shown_at="/desk/forgotten")
    at = now()
    with desk.database.begin() as session:
        for _ in range(LINK_LIMIT.count - 1):
            count_attempt(session, LINK_LIMIT, "127.0.0.1", at=at)
    assert desk.browser.get("/desk/invitation/made-up").status_code == 410
    assert desk.browser.get("/desk/invitation/made-up").status_code == 429
    assert desk.browser.get(_link(desk)).status_code == 200


FORMS = (
    ("/desk/second-step", {"code": "123456"}),
    ("/desk/passkey", {"answer": "{}"}),
    ("/desk/forgotten", {"email": EMAIL}),
)


@pytest.mark.parametrize(("path", "values"), FORMS)
def test_forms_of_strangers_need_their_token(desk: Desk, path: str, values: dict[str, str]) -> None:
    _password(desk)
    assert desk.browser.post(path, data=values).status_code == 400


def test_every_form_of_ones_own_and_others_accounts_needs_its_token(signed_in: Desk) -> None:
    app = signed_in.browser.application
    uuids = dict.fromkeys(("account_id", "passkey_id"), signed_in.staff.id)
    for rule in app.url_map.iter_rules():
        is_form = rule.endpoint.startswith("accounts.") and "POST" in (rule.methods or ())
        if not is_form or "<token>" in rule.rule:
            continue
        with app.test_request_context():
            path = str(rule.build({**uuids, "what": "disable"}, append_unknown=False)[1])  # type: ignore[index]
        answer = signed_in.browser.post(path, data={"roles": "auditor", "every_school": "y"})
        waits = rule.endpoint in {"accounts.check_second_step", "accounts.check_second_passkey"}
        assert answer.status_code == (303 if waits else 400), path
        assert not waits or answer.location == "/desk/sign-in"
    with signed_in.database.read() as session:
        staff = session.get_one(Staff, signed_in.staff.id)
        assert (staff.disabled_at, staff.roles) == (None, sorted(Role))


def test_staff_choose_the_language_of_their_pages(signed_in: Desk) -> None:
    def page(choose: Callable[[], object]) -> str:
        choose()
        return signed_in.browser.get("/desk/account").text

    arabic = page(
        lambda: signed_in.post(
            "/desk/account/language", {"language": "ar"}, shown_at="/desk/account"
        )
    )
    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<html lang="ar" dir="rtl">' in signed_in.browser.get("/desk/").text
    unknown = page(
        lambda: signed_in.post(
            "/desk/account/language", {"language": "tlh"}, shown_at="/desk/account"
        )
    )
    assert '<html lang="ar" dir="rtl">' in unknown
