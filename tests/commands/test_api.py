"""`wth api`: the HTTP API from the command line."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.cast import Cast
from tests.commands.conftest import CommandResult, Wth
from tests.hub import Server

CUSTOMER = '{"email": "bea@shop.example"}'


def call(wth: Wth, server: Server, cast: Cast, *arguments: str) -> CommandResult:
    return wth("api", *arguments, env={"WTH_API_KEY": cast.owner.test_key, "WTH_BASE_URL": server.site})


def test_response_is_printed_as_json(wth: Wth, server: Server, cast: Cast) -> None:
    result = call(wth, server, cast, "GET", "/me")
    assert (result.status, result.document["dealer"]["id"]) == (0, cast.owner.dealer.id)
    listing = cast.owner.listing()
    assert call(wth, server, cast, "get", "/listings?limit=1", "--json").document["data"][0]["id"] == listing.id


def test_post_gets_a_new_idempotency_key_unless_one_is_passed(wth: Wth, server: Server, cast: Cast) -> None:
    posts = [call(wth, server, cast, "POST", "/customers", "-d", CUSTOMER) for _ in range(2)]
    assert [post.document["matched_by"] for post in posts] == [None, "email"]
    request = ("POST", "/customers", "-d", '{"phone": "+359881234567"}', "--idempotency-key", "mine")
    assert call(wth, server, cast, *request).stdout == call(wth, server, cast, *request).stdout


def test_api_error_exits_with_status_1_and_its_message(wth: Wth, server: Server, cast: Cast) -> None:
    result = call(wth, server, cast, "GET", "/orders/ord_000000000000000000000000")
    assert result.status == 1
    assert result.document["error"]["code"] == "order_not_found"
    assert result.stderr == f"404: {result.document['error']['message']}\n"


def test_base_url_may_have_the_base_path(wth: Wth, server: Server) -> None:
    for base_url, path in ((server.url, "/health"), (f"{server.site}/", "/api/v1/health")):
        assert wth("api", "GET", path, "--base-url", base_url).document["status"] == "ok"


def test_key_does_not_follow_a_redirect(wth: Wth, cast: Cast) -> None:
    paths: list[str] = []

    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Redirecting) as other:
        thread = threading.Thread(target=other.handle_request)
        thread.start()
        result = wth("api", "GET", "/me", "--base-url", f"http://127.0.0.1:{other.server_port}")
        thread.join(5)
    assert (result.status, result.stderr, paths) == (1, "The hub responded with status 302.\n", ["/api/v1/me"])


def test_unreachable_hub_is_reported(wth: Wth) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    result = wth("api", "GET", "/me", "--base-url", f"http://127.0.0.1:{port}", "--json")
    assert result.error == (1, "unreachable")
    assert result.document["error"]["message"].startswith(f"Cannot reach 127.0.0.1:{port}: ")


def test_invalid_arguments_are_usage_errors(wth: Wth) -> None:
    assert wth("api", "GET", "/me", "--base-url", "file:///etc/passwd", "--json").error == (2, "wrong_usage")
    assert wth("api", "GET", "me", "--json").error == (2, "wrong_usage")
    assert wth("api", "FETCH", "/me", "--json").error == (2, "wrong_usage")
