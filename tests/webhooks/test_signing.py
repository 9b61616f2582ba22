"""Signatures: the libraries of Stripe and Standard Webhooks verify them, and no forgery passes."""

import base64
import time
from collections.abc import Sequence

import pytest
import standardwebhooks
import stripe
from hypothesis import assume, given
from hypothesis import strategies as st

from webhooks.signing import Verification, headers, new_secret, verify

BODY = '{"id": "evt_1", "event": "listing.sold", "data": {"brand": "Grönefeld"}}'.encode()
NEW, OLD, OTHER = ("whsec_" + base64.b64encode(bytes([n]) * 32).decode() for n in range(3))
NOW = 1_778_229_693

bodies = st.text(max_size=60).map(lambda text: text.encode(errors="replace"))
secrets = st.binary(min_size=32, max_size=32).map(lambda key: "whsec_" + base64.b64encode(key).decode())
times = st.integers(min_value=0, max_value=10**11)


def sign(body: bytes = BODY, *, timestamp: int = NOW, secrets: Sequence[str] = (NEW,)) -> dict[str, str]:
    return headers(event_id="evt_1", body=body, timestamp=timestamp, secrets=secrets)


def verified(header: str, body: bytes = BODY, *, secrets: Sequence[str] = (NEW,), now: int = NOW) -> Verification:
    return verify(header=header, body=body, secrets=secrets, now=now)


def stripe_accepts(body: bytes, header: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body.decode(), header, secret, tolerance=300))
    except stripe.SignatureVerificationError:
        return False


def standard_accepts(body: bytes, sent: dict[str, str], secret: str) -> bool:
    try:
        standardwebhooks.Webhook(secret).verify(body, sent)
    except standardwebhooks.WebhookVerificationError:
        return False
    return True


def test_new_secret_is_32_random_bytes() -> None:
    generated = {new_secret() for _ in range(100)}
    assert len(generated) == 100
    for secret in generated:
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32


def test_signature_is_hmac_sha256_of_time_and_body_with_the_whole_secret() -> None:
    # printf '1778229693.{}' | openssl dgst -sha256 -hmac whsec_AAAA
    sent = headers(event_id="evt_1", body=b"{}", timestamp=1_778_229_693, secrets=["whsec_AAAA"])
    assert sent["WTH-Signature"] == "t=1778229693,v1=a43919405018aa95e2b8100026945ff20ad6870691432643f8302348ea254c75"


def test_standard_webhooks_headers_match_the_vector_of_the_specification() -> None:
    sent = headers(
        event_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body=b'{"test": 2432232314}',
        timestamp=1614265330,
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert sent["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert sent["webhook-timestamp"] == "1614265330"
    assert sent["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_newest_first() -> None:
    both, new, old = sign(secrets=[NEW, OLD]), sign(secrets=[NEW]), sign(secrets=[OLD])
    assert both["WTH-Signature"] == new["WTH-Signature"] + "," + old["WTH-Signature"].partition(",")[2]
    assert both["webhook-signature"] == f"{new['webhook-signature']} {old['webhook-signature']}"
    assert " " not in both["WTH-Signature"]


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ValueError, match="at least one secret"):
        sign(secrets=[])


@pytest.mark.parametrize("signers", [(NEW,), (NEW, OLD)])
def test_stripe_verifies_each_secret_and_rejects_others(signers: tuple[str, ...]) -> None:
    header = sign(timestamp=int(time.time()), secrets=signers)["WTH-Signature"]
    assert all(stripe_accepts(BODY, header, secret) for secret in signers)
    assert not stripe_accepts(BODY, header, OTHER)
    assert not stripe_accepts(BODY[:-1] + b"]", header, NEW)


def test_stripe_rejects_after_301_seconds() -> None:
    assert not stripe_accepts(BODY, sign(timestamp=int(time.time()) - 301)["WTH-Signature"], NEW)


@pytest.mark.parametrize("signers", [(NEW,), (NEW, OLD)])
def test_standard_webhooks_verifies_each_secret_and_rejects_others(signers: tuple[str, ...]) -> None:
    sent = sign(timestamp=int(time.time()), secrets=signers)
    assert all(standard_accepts(BODY, sent, secret) for secret in signers)
    assert not standard_accepts(BODY, sent, OTHER)
    assert not standard_accepts(BODY.replace(b"sold", b"held"), sent, NEW)
    assert not standard_accepts(BODY, {**sent, "webhook-id": "evt_2"}, NEW)


@pytest.mark.parametrize("seconds", [-301, 302])
def test_standard_webhooks_rejects_other_times(seconds: int) -> None:
    assert not standard_accepts(BODY, sign(timestamp=int(time.time()) + seconds), NEW)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, Verification.VALID),
        (300, Verification.VALID),
        (301, Verification.TOO_OLD),
        (-300, Verification.VALID),
        (-301, Verification.TOO_NEW),
    ],
)
def test_300_seconds_are_tolerated_in_both_directions(age: int, expected: Verification) -> None:
    assert verified(sign(timestamp=NOW - age)["WTH-Signature"]) is expected


def test_timestamp_of_a_forgery_is_not_checked() -> None:
    old = sign(timestamp=NOW - 9999, secrets=[OTHER])["WTH-Signature"]
    assert verified(old) is Verification.NO_MATCH


@pytest.mark.parametrize("secrets_of_receiver", [[NEW], [OLD], [OTHER, OLD]])
def test_either_secret_of_a_rotation_verifies(secrets_of_receiver: list[str]) -> None:
    assert verified(sign(secrets=[NEW, OLD])["WTH-Signature"], secrets=secrets_of_receiver).is_valid


def test_other_schemes_next_to_v1_are_ignored() -> None:
    assert verified(sign()["WTH-Signature"] + ",v2=later,v0=earlier").is_valid


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        "t=1778229693",
        "v1=" + "0" * 64,
        "t=,v1=00",
        "t=now,v1=00",
        "t=-5,v1=00",
        "t=1.5,v1=00",
        "t=١٧٧٨,v1=00",
        "t=1,t=2,v1=00",
        "t=" + "9" * 5000 + ",v1=00",
        "t=1778229693,v0=00",
    ],
)
def test_header_of_another_format_is_malformed(header: str) -> None:
    assert verified(header) is Verification.MALFORMED


@pytest.mark.parametrize("signature", ["", "00", "ü", "\ud800", "0" * 64])
def test_signature_that_cannot_match_is_no_match(signature: str) -> None:
    assert verified(f"t={NOW},v1={signature}") is Verification.NO_MATCH


def test_every_verdict_is_a_sentence() -> None:
    assert all(verdict.value.endswith(".") for verdict in Verification)
    assert [verdict for verdict in Verification if verdict.is_valid] == [Verification.VALID]


@given(body=bodies, timestamp=times, signers=st.lists(secrets, min_size=1, max_size=3, unique=True))
def test_signature_verifies_with_every_secret(body: bytes, timestamp: int, signers: list[str]) -> None:
    header = headers(event_id="evt_1", body=body, timestamp=timestamp, secrets=signers)["WTH-Signature"]
    for secret in signers:
        assert verify(header=header, body=body, secrets=[secret], now=timestamp) is Verification.VALID


@given(body=st.binary(min_size=1, max_size=60), timestamp=times, secret=secrets, flips=st.data())
def test_one_changed_bit_anywhere_is_rejected(body: bytes, timestamp: int, secret: str, flips: st.DataObject) -> None:
    header = headers(event_id="evt_1", body=body, timestamp=timestamp, secrets=[secret])["WTH-Signature"]
    bit = flips.draw(st.integers(0, len(body) * 8 - 1))
    changed = bytearray(body)
    changed[bit // 8] ^= 1 << bit % 8
    assert verify(header=header, body=bytes(changed), secrets=[secret], now=timestamp) is Verification.NO_MATCH


@given(body=bodies, timestamp=times, ours=secrets, other=secrets)
def test_another_secret_is_rejected(body: bytes, timestamp: int, ours: str, other: str) -> None:
    assume(ours != other)
    header = headers(event_id="evt_1", body=body, timestamp=timestamp, secrets=[ours])["WTH-Signature"]
    assert verify(header=header, body=body, secrets=[other], now=timestamp) is Verification.NO_MATCH


@given(timestamp=times, moved=st.integers(1, 10**6))
def test_changed_timestamp_is_rejected(timestamp: int, moved: int) -> None:
    signature = sign(timestamp=timestamp)["WTH-Signature"].partition(",")[2]
    assert verified(f"t={timestamp + moved},{signature}", now=timestamp + moved) is Verification.NO_MATCH


@given(st.text(max_size=80))
def test_no_header_raises(header: str) -> None:
    assert not verified(header).is_valid
