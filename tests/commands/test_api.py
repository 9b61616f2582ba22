"""The HTTP API from the command line, with a key and nothing else."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.cast import Cast
from tests.commands.conftest import Ran, Wth
from tests.hub import Server

CUSTOMER = '{"email": "bea@shop.example"}'


def call(wth: Wth, server: Server, cast: Cast, *arguments: str) -> Ran:
    return wth("api", *arguments, env={"WTH_API_KEY": cast.owner.test_key, "WTH_BASE_URL": server.site})


def test_answer_is_printed_as_json(wth: Wth, server: Server, cast: Cast) -> None:
    said = call(wth, server, cast, "GET", "/me")
    assert (said.status, said.document["dealer"]["id"]) == (0, cast.owner.dealer.id)
    listing = cast.owner.listing()
    assert call(wth, server, cast, "get", "/listings?limit=1", "--json").document["data"][0]["id"] == listing.id


def test_post_has_a_new_idempotency_key_unless_one_is_given(wth: Wth, server: Server, cast: Cast) -> None:
    posts = [call(wth, server, cast, "POST", "/customers", "-d", CUSTOMER) for _ in range(2)]
    assert [post.document["matched_by"] for post in posts] == [None, "email"]
    given = ("POST", "/customers", "-d", '{"phone": "+359881234567"}', "--idempotency-key", "mine")
    assert call(wth, server, cast, *given).stdout == call(wth, server, cast, *given).stdout


def test_refusal_of_the_api_is_status_1_with_its_sentence(wth: Wth, server: Server, cast: Cast) -> None:
    said = call(wth, server, cast, "GET", "/orders/ord_000000000000000000000000")
    assert said.status == 1
    assert said.document["error"]["code"] == "order_not_found"
    assert said.stderr == f"404: {said.document['error']['message']}\n"


def test_base_url_may_have_the_base_path(wth: Wth, server: Server) -> None:
    for base_url, path in ((server.url, "/health"), (f"{server.site}/", "/api/v1/health")):
        assert wth("api", "GET", path, "--base-url", base_url).document["status"] == "ok"


def test_key_does_not_follow_a_redirect(wth: Wth, cast: Cast) -> None:
    asked: list[str] = []

    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Redirecting) as other:
        thread = threading.Thread(target=other.handle_request)
        thread.start()
        said = wth("api", "GET", "/me", "--base-url", f"http://127.0.0.1:{other.server_port}")
        thread.join(5)
    assert (said.status, said.stderr, asked) == (1, "The hub answered 302.\n", ["/api/v1/me"])


def test_nobody_there_is_refused_with_a_sentence(wth: Wth) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    said = wth("api", "GET", "/me", "--base-url", f"http://127.0.0.1:{port}", "--json")
    assert said.refusal == (1, "unreachable")
    assert said.document["error"]["message"].startswith(f"127.0.0.1:{port} does not answer")


def test_nonsense_is_wrong_usage(wth: Wth) -> None:
    assert wth("api", "GET", "/me", "--base-url", "file:///etc/passwd", "--json").refusal == (2, "wrong_usage")
    assert wth("api", "GET", "me", "--json").refusal == (2, "wrong_usage")
    assert wth("api", "FETCH", "/me", "--json").refusal == (2, "wrong_usage")
