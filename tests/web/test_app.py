"""What the application adds around every page: headers, cookies, error pages, health."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from intake.clock import now
from intake.config import settings_from
from intake.demo.run import demo_environ
from intake.installation import Installation, open_installation
from intake.schema import upgrade
from intake.web.app import LARGEST_REQUEST, create_app


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An empty installation, as a demonstration on this machine."""
    folder = tmp_path_factory.mktemp("app")
    found = open_installation(settings_from(demo_environ(folder, port=8000, at=now())))
    upgrade(found.database)
    yield found
    found.database.dispose()


@pytest.fixture(scope="module")
def demo(installation: Installation) -> Flask:
    """Without TLS, on this machine."""
    return create_app(installation)


@pytest.fixture(scope="module")
def behind_tls(installation: Installation) -> Flask:
    """As operators run it: behind one proxy that speaks TLS."""
    settings = replace(
        installation.settings,
        base_url="https://waivers.example.org",
        demo=False,
        trusted_proxies=1,
    )
    return _with_probes(create_app(replace(installation, settings=settings)))


def _with_probes(app: Flask) -> Flask:
    @app.get("/address")
    def address() -> ResponseReturnValue:
        return {"address": request.remote_addr, "scheme": request.scheme}

    @app.get("/fails/<name>")
    def fails(name: str) -> ResponseReturnValue:
        raise RuntimeError(name)

    return app


PATHS = (
    "/", "/en/", "/ar/revoke/", "/en/paper.pdf", "/xx/", "/en/receipt/x", "/desk/", "/healthz",
    "/readyz", "/api/v1/nothing", "/static/family.css", "/static/nothing",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_scripts_framing_and_sniffing(behind_tls: Flask, path: str) -> None:
    headers = behind_tls.test_client().get(path).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("path", PATHS[:-1])
def test_only_static_files_may_stay_in_a_shared_phones_cache(demo: Flask, path: str) -> None:
    answer = demo.test_client().get(path)

    assert ("no-store" in answer.headers["Cache-Control"]) != path.startswith("/static/")


def test_tls_is_only_promised_where_it_is(demo: Flask) -> None:
    http = demo.test_client()

    assert "Strict-Transport-Security" not in http.get("/en/").headers
    assert (
        "Strict-Transport-Security"
        not in http.get("/en/", headers={"X-Forwarded-Proto": "https"}).headers
    )


def test_behind_tls_the_cookie_never_leaves_it(behind_tls: Flask) -> None:
    answer = behind_tls.test_client().get("/en/", base_url="https://waivers.example.org")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-intake=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie.split("; ")
    assert "Domain" not in cookie


def test_only_a_trusted_proxy_says_who_asks(demo: Flask, behind_tls: Flask) -> None:
    forwarded = {"X-Forwarded-For": "1.1.1.1, 203.0.113.9", "X-Forwarded-Proto": "https"}

    said = behind_tls.test_client().get("/address", headers=forwarded).get_json()
    assert said == {"address": "203.0.113.9", "scheme": "https"}
    with demo.test_client() as http:
        http.get("/en/", headers=forwarded)
        assert request.remote_addr == "127.0.0.1"


@pytest.mark.parametrize("garbage", ["", ",", "<script>", "a" * 4_000, "1.2.3.4:99999, ::1%eth0"])
def test_a_proxys_garbage_breaks_no_page(behind_tls: Flask, garbage: str) -> None:
    headers = dict.fromkeys(("X-Forwarded-For", "X-Forwarded-Proto"), garbage)

    assert behind_tls.test_client().get("/en/", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/en/", "/ar/revoke/", "/desk/sign-in"])
def test_a_request_over_the_limit_is_too_large(demo: Flask, path: str) -> None:
    answer = demo.test_client().post(path, data={"x": "x" * (LARGEST_REQUEST + 1)})

    assert answer.status_code == 413
    assert "<h1>" in answer.text


def test_an_api_answers_in_its_own_form(demo: Flask) -> None:
    answer = demo.test_client().get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "there is nothing at this address",
    }


def test_a_failure_of_ours_is_a_page_and_a_log_line_without_what_was_typed(
    behind_tls: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = behind_tls.test_client().get("/fails/Sarah%20Johnson")

    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "Sarah" not in answer.text + caplog.text
    assert "RuntimeError on GET /fails/<name>" in caplog.text


def test_a_running_system_says_so(demo: Flask) -> None:
    http = demo.test_client()

    assert http.get("/healthz").get_json() == {"status": "ok"}
    assert http.get("/readyz").get_json() == {"status": "ok"}


def test_a_system_without_its_database_lives_and_is_not_ready(
    installation: Installation, tmp_path: Path
) -> None:
    gone = replace(installation.settings, database_url=f"sqlite:///{tmp_path / 'no' / 'x.db'}")
    http = create_app(open_installation(gone)).test_client()

    assert http.get("/healthz").status_code == 200
    assert http.get("/readyz").status_code >= 500


def test_messages_are_on_screen_only_in_the_demonstration(demo: Flask, behind_tls: Flask) -> None:
    assert demo.test_client().get("/demo/outbox").status_code == 200
    assert behind_tls.test_client().get("/demo/outbox").status_code == 404


def test_a_second_application_on_one_database_sends_no_notice_twice(
    installation: Installation, demo: Flask
) -> None:
    before = list(installation.database.subscribers)
    create_app(installation)

    assert installation.database.subscribers == before
    assert demo.extensions["intake"] is installation
