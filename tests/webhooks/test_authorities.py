"""Certificate authorities of an operator, in addition to the public ones."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from errors import Refusal
from tests.webhooks.conftest import MakeContext, MakeSender, Serve
from tests.webhooks.raw_server import always, http_response
from webhooks.authorities import count_authorities, create_context


@pytest.fixture
def ca_file(tmp_path: Path, authority: trustme.CA) -> Path:
    path = tmp_path / "authorities.pem"
    path.write_bytes("# Kunden-Zertifizierungsstelle Köln\n".encode() + trustme.CA().cert_pem.bytes())
    authority.cert_pem.write_to_path(path, append=True)
    return path


def test_receiver_with_a_certificate_of_a_private_authority_gets_events(
    serve: Serve, make_sender: MakeSender, server_context: MakeContext, ca_file: Path
) -> None:
    server = serve(always(http_response()), server_context("hooks.example.test"))
    assert make_sender(ssl_context=create_context(ca_file)).send(server.url(), b"{}", {}).is_success
    assert make_sender(ssl_context=create_context(None)).send(server.url(), b"{}", {}).error == "tls"


def test_file_may_hold_the_intermediate_authority_only(
    serve: Serve, make_sender: MakeSender, server_context: MakeContext, tmp_path: Path
) -> None:
    path, intermediate, context = tmp_path / "ca.pem", trustme.CA().create_child_ca(), server_context("unused.test")
    intermediate.cert_pem.write_to_path(path)
    intermediate.issue_cert("hooks.example.test").configure_cert(context)
    server = serve(always(http_response()), context)
    assert make_sender(ssl_context=create_context(path)).send(server.url(), b"{}", {}).is_success


def test_other_checks_of_certificates_stay(
    serve: Serve, make_sender: MakeSender, server_context: MakeContext, ca_file: Path
) -> None:
    server = serve(always(http_response()), server_context("other.example.test"))
    assert make_sender(ssl_context=create_context(ca_file)).send(server.url(), b"{}", {}).error == "tls"


def test_public_authorities_stay(ca_file: Path) -> None:
    public, both = create_context(None).get_ca_certs(), create_context(ca_file).get_ca_certs()
    assert len(both) == len(public) + 2
    assert all(authority in both for authority in public)
    assert count_authorities(ca_file) == 2


INVALID_FILES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _pem: b"",
    "text": lambda _pem: b"my authority",
    "DER": lambda pem: ssl.PEM_cert_to_DER_cert(pem.decode()),
    "truncated": lambda pem: pem[:200],
    "second truncated": lambda pem: pem + pem[:200],
    "damaged": lambda pem: pem[:100] + b"!!!!" + pem[104:],
    "UTF-16": lambda pem: pem.decode().encode("utf-16"),
    "key": lambda _pem: trustme.CA().private_key_pem.bytes(),
    "certificate of a receiver": lambda _pem: trustme.CA().issue_cert("a.test").cert_chain_pems[0].bytes(),
}


@pytest.mark.parametrize("name", INVALID_FILES)
def test_malformed_file_is_rejected(tmp_path: Path, authority: trustme.CA, name: str) -> None:
    path = tmp_path / "authorities.pem"
    path.write_bytes(INVALID_FILES[name](authority.cert_pem.bytes()))
    for use in (count_authorities, create_context):
        with pytest.raises(Refusal, match=f"Cannot use WTH_WEBHOOK_CA_FILE={path} \\(it has no certificate"):
            use(path)


@pytest.mark.parametrize(("name", "reason"), [("missing.pem", "No such file or directory"), ("", "Is a directory")])
def test_missing_file_is_rejected(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        create_context(tmp_path / name)
