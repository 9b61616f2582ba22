"""Which connection a delivery takes, and when a body is sent a second time."""

import pytest

from tests.webhooks.receiver import Names, always, respond


def closing_after(answers):
    """Answers that many requests of each connection, then reads one more and hangs up."""

    def script(peer):
        for _ in range(answers):
            if peer.next_request() is None:
                return
            peer.send(respond())
        peer.next_request()

    return script


@pytest.fixture(params=["plain", "tls"])
def tls(request, certified):
    return certified("hooks.example.test") if request.param == "tls" else None


def test_closed_kept_alive_connection_is_replaced_and_the_body_sent_again(serve, sender, tls):
    receiver = serve(closing_after(1), tls)
    replies = [sender.send(receiver.url(), b"%d" % n, {"WTH-Delivery-Id": f"dlv_{n}"}) for n in range(2)]
    assert [reply.is_success for reply in replies] == [True, True]
    assert [request.body for request in receiver.received] == [b"0", b"1", b"1"]
    assert receiver.received[1].header_lines == receiver.received[2].header_lines
    assert receiver.connections == 2
    assert replies[1].timings.connect_ms is not None


def test_body_is_sent_again_only_once(serve, sender):
    answers = iter([1, 0, 0, 0])
    receiver = serve(lambda peer: closing_after(next(answers))(peer))
    sender.send(receiver.url(), b"0", {})
    reply = sender.send(receiver.url(), b"1", {})
    assert (reply.status, reply.error) == (None, "protocol")
    assert [request.body for request in receiver.received] == [b"0", b"1", b"1"]


def test_body_is_not_sent_again_when_a_new_connection_closes(serve, sender):
    receiver = serve(closing_after(0))
    assert sender.send(receiver.url(), b"0", {}).error == "protocol"
    assert len(receiver.received) == 1


def test_body_is_not_sent_again_when_an_answer_had_begun(serve, sender):
    def script(peer):
        peer.next_request()
        peer.send(respond())
        peer.next_request()
        peer.send(b"HTTP/1.1 2")

    receiver = serve(script)
    sender.send(receiver.url(), b"0", {})
    assert sender.send(receiver.url(), b"1", {}).error == "protocol"
    assert len(receiver.received) == 2


def test_body_is_not_sent_again_after_a_timeout(serve, make_sender):
    def script(peer):
        peer.next_request()
        peer.send(respond())
        peer.next_request()
        peer.idle()

    receiver = serve(script)
    sender = make_sender(total_timeout=0.3)
    sender.send(receiver.url(), b"0", {})
    assert sender.send(receiver.url(), b"1", {}).error == "timeout"
    assert len(receiver.received) == 2


def test_connection_that_rested_too_long_is_replaced(serve, make_sender):
    receiver = serve(always(respond()))
    sender = make_sender(max_idle=0.0)
    assert all(sender.send(receiver.url(), b"{}", {}).is_success for _ in range(3))
    assert receiver.connections == 3


def test_connection_is_reused_after_an_error_status(serve, sender):
    receiver = serve(always(respond("503 Busy", b"later")))
    for _ in range(3):
        sender.send(receiver.url(), b"{}", {})
    assert receiver.connections == 1


def test_leftover_bytes_never_become_the_next_answer(serve, sender):
    receiver = serve(always(respond("200 OK") + respond("201 Smuggled")))
    assert [sender.send(receiver.url(), b"{}", {}).status for _ in range(3)] == [200, 200, 200]


def test_host_and_server_name_keep_the_name_while_the_checked_address_is_reached(serve, make_sender, certified):
    names = Names(["127.0.0.1"])
    receiver = serve(always(respond()), certified("hooks.example.test"))
    reply = make_sender(resolver=names).send(receiver.url(), b"{}", {})
    assert reply.address == f"127.0.0.1:{receiver.port}"
    assert receiver.server_names == ["hooks.example.test"]
    assert receiver.received[0].headers["host"] == f"hooks.example.test:{receiver.port}"
    assert names.lookups == [("hooks.example.test", receiver.port)]


def test_trailing_dot_stays_in_the_lookup_only(serve, make_sender, certified):
    names = Names(["127.0.0.1"])
    receiver = serve(always(respond()), certified("hooks.example.test"))
    assert make_sender(resolver=names).send(receiver.url(host="hooks.example.test."), b"{}", {}).is_success
    assert receiver.server_names == ["hooks.example.test"]
    assert names.lookups == [("hooks.example.test.", receiver.port)]


def test_name_with_umlauts_travels_as_punycode(serve, make_sender, certified):
    receiver = serve(always(respond()), certified("xn--mnchen-uhren-dlb.example"))
    reply = make_sender().send(receiver.url(host="münchen-uhren.example"), b"{}", {})
    assert reply.is_success
    assert receiver.server_names == ["xn--mnchen-uhren-dlb.example"]


def test_nobody_is_trusted_beside_the_authorities_of_the_context(serve, make_sender, certified, trusting):
    context = trusting()
    before = context.cert_store_stats()
    receiver = serve(always(respond()), certified("hooks.example.test"))
    assert make_sender(ssl_context=context).send(receiver.url(), b"{}", {}).is_success
    assert context.cert_store_stats() == before
