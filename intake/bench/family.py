"""One family at a time, from an open link to the sealed copy, over HTTP as a browser does it."""

import json
import re
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_COPY = re.compile(r'href="([^"]+/copy\.pdf)"')

STEPS = (
    "open", "about", "shared", "student", "signer", "contact", "code", "esign", "decide", "sign",
    "check", "copy",
)  # fmt: skip
"""What is timed: from pressing the page's button until the next page is there. ``check`` is the
one that seals, stores and records."""


class WentWrong(Exception):
    """A page was not the one that should come; the message names the step and what came."""


@dataclass(frozen=True, slots=True)
class FamilyToSign:
    """What one family brings along."""

    link: str
    """Path of its personal link, with the language."""
    signer: str
    contact: Mapping[str, str]
    """The contact page's fields."""
    draws: bool
    """Draws its signature; otherwise types its name."""
    address: str
    """Where it comes from, as a proxy in front would say."""


class FamilyClient:
    """One family after the other, each with a connection and cookies of its own."""

    def __init__(self, base: str, code_of: Callable[[str], str]) -> None:
        """``code_of``: the one-time code that was sent for a signing session's id."""
        self.times: dict[str, list[float]] = defaultdict(list)
        """Seconds of every step that went well."""
        self._base = base
        self._code_of = code_of
        self._tls = ssl.create_default_context()  # slow to make, and the same for every family

    def sign(self, family: FamilyToSign) -> None:
        """The whole way; raises WentWrong."""
        headers = {"X-Forwarded-For": family.address}
        with httpx.Client(
            base_url=self._base, headers=headers, timeout=60, trust_env=False, verify=self._tls
        ) as http:
            self._walk(_Walk(http, self.times), family)

    def _walk(self, walk: "_Walk", family: FamilyToSign) -> None:
        walk.open(family.link)
        walk.press("about", {})
        walk.press("shared", {})
        walk.press("student", {})
        walk.press("signer", {"relationship": "parent", "signer_name": family.signer})
        walk.press("contact", family.contact)
        walk.press("code", {"code": self._code_of(walk.signing_id)})
        walk.press("esign", {"accept": "y"})
        walk.press("decide", {"decision": "yes"})
        walk.press("sign", _signature(family))
        walk.press("check", {})
        walk.copy()


class _Walk:
    """Where one family is."""

    def __init__(self, http: httpx.Client, times: dict[str, list[float]]) -> None:
        self._http = http
        self._times = times
        self._page = ""
        self._path = ""

    @property
    def signing_id(self) -> str:
        """The signing session's id, from the address ``/<language>/waiver/<id>/<step>``."""
        return self._path.split("/")[3]

    def open(self, link: str) -> None:
        """Follow the personal link."""
        start = time.perf_counter()
        self._follow("open", self._send("open", "GET", link), "about")
        self._times["open"].append(time.perf_counter() - start)

    def press(self, step: str, fields: Mapping[str, str]) -> None:
        """Answer this page; the next one must follow."""
        token = _TOKEN.search(self._page)
        if token is None:
            raise WentWrong(f"{step}: the page has no form")
        start = time.perf_counter()
        posted = {"csrf_token": token[1], **fields}
        following = STEPS[STEPS.index(step) + 1] if step != "check" else "done"
        self._follow(step, self._send(step, "POST", self._path, posted), following)
        self._times[step].append(time.perf_counter() - start)

    def copy(self) -> None:
        """Download the sealed PDF."""
        link = _COPY.search(self._page)
        if link is None:
            raise WentWrong("copy: the last page has no link to the copy")
        start = time.perf_counter()
        answer = self._send("copy", "GET", urljoin(self._path, link[1]))
        if answer.status_code != 200 or not answer.content.startswith(b"%PDF-"):
            raise WentWrong(f"copy: {answer.status_code}")
        self._times["copy"].append(time.perf_counter() - start)

    def _follow(self, step: str, answer: httpx.Response, following: str) -> None:
        if not answer.is_redirect:
            raise WentWrong(f"{step}: {answer.status_code} instead of the next page")
        self._path = urlsplit(answer.headers["Location"]).path
        if not self._path.endswith(f"/{following}"):
            came = self._path.rsplit("/", 1)[-1]
            raise WentWrong(f"{step}: {came!r} came instead of {following!r}")
        page = self._send(step, "GET", self._path)
        if page.status_code != 200:
            raise WentWrong(f"{step}: {page.status_code} on the next page")
        self._page = page.text

    def _send(
        self, step: str, method: str, path: str, fields: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            return self._http.request(method, path, data=fields)
        except httpx.HTTPError as error:
            raise WentWrong(f"{step}: {type(error).__name__}") from None


def _signature(family: FamilyToSign) -> dict[str, str]:
    if not family.draws:
        return {"method": "typed", "typed_name": family.signer, "typed_agree": "y"}
    # As many points as a finger leaves on a phone.
    strokes = [
        [[20 + 60 * k + 2.0 * i, 80 + 40 * ((i * 37) % 11) / 11] for i in range(60)]
        for k in range(3)
    ]
    drawing = {"width": 320, "height": 160, "strokes": strokes}
    return {"method": "drawn", "signature": json.dumps(drawing)}
