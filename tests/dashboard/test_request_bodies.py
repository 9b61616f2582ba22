"""Forms are read within limits, in UTF-8, and only for those who may send them."""

import io
import logging
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import requests
from starlette.exceptions import HTTPException

from dashboard.form_parsing import parse_form
from dashboard.request_body import MAX_ANONYMOUS_BYTES, MAX_FORM_BYTES, MAX_UPLOADS, MIB
from dashboard.site import PAGES
from models.accounts.session import Session
from models.customer import Customer
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import People
from tests.hub import Server

URL_ENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
MAX_SECONDS = 2.0
FIELD = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx\r\n'
END = b"\r\n--b--\r\n"

HOSTILE = {
    "a codec of quadratic time": (f"{MULTIPART}; charset=punycode", FIELD + b"a-" * 7000 + END, 415),
    "the same codec, 3 MB": (f"{MULTIPART}; charset=punycode", FIELD + b"a-" * 1_550_000 + END, 415),
    "a codec that always fails": (f"{MULTIPART}; charset=undefined", FIELD + b"a" + END, 415),
    "UTF-16": (f"{URL_ENCODED}; charset=utf-16", b"email=a", 415),
    "UTF-7 of a part": (
        MULTIPART,
        b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\na' + END,
        415,
    ),
    "a field that names the encoding": (URL_ENCODED, b"_charset_=punycode&email=a", 415),
    "JSON": ("application/json", b"{}", 415),
    "no boundary": ("multipart/form-data", FIELD + b"a" + END, 415),
    "a long boundary": ("multipart/form-data; boundary=" + "b" * 400, FIELD + b"a" + END, 400),
    "a long Content-Type": (URL_ENCODED + "; a=b" * 2000, b"email=a", 415),
    "separators only": (URL_ENCODED, b"&" * (MAX_ANONYMOUS_BYTES - 1), 400),
    "16 MiB of separators": (URL_ENCODED, b"&" * (16 * MIB), 413),
    "many fields": (URL_ENCODED, b"a=b&" * 1001, 400),
    "many parts": (MULTIPART, b'--b\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n' * 300, 400),
    "parts without a header": (MULTIPART, b"--b\r\n\r\n\r\n" * 1000, 400),
    "parts of headers only": (MULTIPART, b"--b\r\nA: b\r\n" * 1000, 400),
    "one endless header": (MULTIPART, b"--b\r\nA: " + b"b" * 15_000, 400),
    "two files": (MULTIPART, FILE + FILE + b"--b--\r\n", 400),
    "an invalid byte": (URL_ENCODED, b"email=\xff", 400),
    "an invalid escaped byte": (URL_ENCODED, b"email=%ff", 400),
    "a lone surrogate": (URL_ENCODED, b"email=%ed%a0%80", 400),
    "an invalid byte of a part": (MULTIPART, FIELD + b"\xff" + END, 400),
    "an invalid name": (MULTIPART, FIELD.replace(b"email", b"\xff") + b"a" + END, 400),
    "an incomplete form": (MULTIPART, FIELD + b"a", 400),
}


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Callable[[], list[logging.LogRecord]]:
    return lambda: [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(("content_type", "body", "status"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_forms_are_rejected_fast(
    visitor: Browser,
    warnings: Callable[[], list[logging.LogRecord]],
    content_type: str,
    body: bytes,
    status: int,
) -> None:
    started_at = time.monotonic()
    response = visitor.session.post(
        visitor.site + "/sign-in", data=body, headers={"Content-Type": content_type}, timeout=20
    )
    assert time.monotonic() - started_at < MAX_SECONDS
    assert response.status_code == status
    assert response.headers["X-Frame-Options"] == "DENY"
    assert not warnings()


def test_file_of_nothing_but_beginnings_of_boundaries_is_parsed_fast() -> None:
    for filler in (b"\r\n--bX", b"\r\n--", b"\r\n", b"--b"):
        body = FILE + filler * (2 * MIB // len(filler)) + END
        started_at = time.monotonic()
        with suppress(HTTPException):
            parse_form(MULTIPART, io.BytesIO(body))
        assert time.monotonic() - started_at < 0.5


def test_form_of_a_browser_is_parsed() -> None:
    """As Chromium and Firefox send it: quoted names, a file in another encoding, an empty field."""
    boundary = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
    parts = (
        b'Content-Disposition: form-data; name="csrf_token"\r\n\r\nabc',
        b'Content-Disposition: form-data; name="note"\r\n\r\nline\r\n\r\n--line \xc3\xbc',
        b'Content-Disposition: form-data; name="empty"\r\n\r\n',
        b'Content-Disposition: form-data; name="none"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n',
        b'content-disposition: form-data; name="file"; filename="\xc3\xbc;\\"1.csv"\r\n'
        b"Content-Type: text/csv; charset=windows-1252\r\n\r\nmodel;\xfc\r\n",
    )
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
    form = parse_form(f"multipart/form-data; boundary={boundary.decode()}", io.BytesIO(body))
    assert form.fields == {"csrf_token": ["abc"], "note": ["line\r\n\r\n--line \u00fc"], "empty": [""]}
    assert form.file is not None
    assert (form.file.name, form.file.content) == ('\u00fc;"1.csv', b"model;\xfc\r\n")


def test_a_form_over_the_limit_of_its_route_is_rejected(owner: Browser, visitor: Browser) -> None:
    for browser, path, limit in (
        (visitor, "/sign-in", 4 * MAX_ANONYMOUS_BYTES),
        (visitor, "/reset/nonsense", MAX_ANONYMOUS_BYTES),
        (owner, "/clients/new", MAX_FORM_BYTES),
    ):
        for body in (b"x" * (limit + 1), iter([b"x" * limit, b"x"])):  # with a declared length, and in chunks
            headers = {"Content-Type": URL_ENCODED}
            response = browser.session.post(browser.site + path, data=body, headers=headers, timeout=20)
            assert response.status_code == 413, path
            assert f"Shorten it to {limit // 1024} KiB" in response.text


def test_a_form_of_the_longest_text_is_accepted(owner: Browser) -> None:
    fields = {"email": "a@b.example", "notes": "\u9418" * 5000}
    assert owner.post("/clients/new", fields).status_code == 200
    assert Customer.get().notes == fields["notes"]


def test_form_from_another_site_is_rejected_even_with_the_token(owner: Browser) -> None:
    for site in ("cross-site", "same-site"):
        response = owner.post("/clients/new", {"email": "a@b.example"}, headers={"Sec-Fetch-Site": site})
        assert response.status_code == 403
    assert owner.post("/clients/new", {"email": "a@b.example"}, headers={"Sec-Fetch-Site": "same-origin"}).ok
    assert Customer.select().count() == 1


@contextmanager
def unfinished_form(
    browser: Browser, server: Server, path: str, body: bytes = b"", content_type: str = URL_ENCODED
) -> Iterator[socket.socket]:
    """A request that announces more than it has sent so far."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: hub.test\r\nCookie: {cookies}\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body) + 100}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(head.encode() + body)
        yield connection


def test_visitors_and_wrong_roles_get_their_response_before_the_body(
    people: People, server: Server, ids: dict[str, str]
) -> None:
    for method, path, _, access in PAGES:
        if method == "POST" and access != "anyone":
            with unfinished_form(people.nobody, server, path) as connection:
                assert connection.recv(12) == b"HTTP/1.1 303", path
        if method == "POST" and access == "owner":
            with unfinished_form(people.staff, server, path) as connection:
                assert connection.recv(12) == b"HTTP/1.1 403", path


def test_a_form_that_breaks_off_leaves_no_file_and_no_traceback(
    owner: Browser, server: Server, warnings: Callable[[], list[logging.LogRecord]]
) -> None:
    before = set(os.listdir(tempfile.gettempdir()))
    for path, body in (("/sign-in", b"email=a"), ("/inventory/import", FILE + b"x" * MIB)):
        with unfinished_form(owner, server, path, body, MULTIPART):
            pass
    assert owner.get("/account").status_code == 200
    assert not warnings()
    assert not {name for name in os.listdir(tempfile.gettempdir()) if name not in before and name.startswith("tmp")}


def test_uploads_of_one_dealer_do_not_block_those_of_others(people: People, server: Server) -> None:
    upload = "/inventory/import"
    stalled = [unfinished_form(people.owner, server, upload, FILE, MULTIPART) for _ in range(MAX_UPLOADS)]
    with stalled[0], stalled[1]:
        time.sleep(0.2)
        with unfinished_form(people.staff, server, upload, FILE, MULTIPART) as connection:
            assert connection.recv(12) == b"HTTP/1.1 429"
        assert send_file(people.stranger).status_code == 303
        assert people.owner.post("/clients/new", {"email": "a@b.example"}).status_code == 200
    time.sleep(0.2)
    assert send_file(people.owner).status_code == 303


def test_form_of_a_user_who_was_signed_out_meanwhile_is_not_accepted(owner: Browser, server: Server) -> None:
    body = b"email=a@b.example&csrf_token=" + owner.csrf_token().encode() + b"&first_name="
    with unfinished_form(owner, server, "/clients/new", body) as connection:
        time.sleep(0.1)
        Session.delete().execute()
        connection.sendall(b"x" * 100)
        assert connection.recv(12) == b"HTTP/1.1 303"
    assert Customer.select().count() == 0


def send_file(browser: Browser) -> requests.Response:
    return browser.session.post(
        browser.site + "/inventory/import",
        data={"csrf_token": browser.csrf_token()},
        files={"file": ("sto\x00ck.csv", b"brand,model,price\nNomos,Tangente,1650\n")},
        allow_redirects=False,
        timeout=20,
    )
