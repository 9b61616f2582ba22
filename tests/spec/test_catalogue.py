"""Error catalogue: every code has a status, a type and a remedy."""

from collections.abc import Iterator

import pytest

from spec.document import Node, read_document
from tests.spec.reading import operations, responses

DOCUMENT = read_document()
CODES: Node = DOCUMENT["components"]["schemas"]["ErrorCode"]

EXPECTED = """
authentication_error  401  missing_authorization malformed_authorization invalid_api_key
permission_error      403  integration_disabled plan_required test_mode_active test_key_required
validation_error      400  validation_failed invalid_json invalid_cursor
validation_error      400  missing_idempotency_key invalid_idempotency_key
validation_error      406  not_acceptable
validation_error      408  request_timeout
validation_error      413  body_too_large
validation_error      415  unsupported_media_type
not_found_error       404  route_not_found listing_not_found customer_not_found
not_found_error       404  order_not_found event_not_found
not_found_error       405  method_not_allowed
conflict_error        409  listing_not_available order_not_cancellable duplicate_external_id
conflict_error        409  customer_ambiguous webhook_not_configured
idempotency_error     409  key_reused_with_different_body idempotency_key_in_use
rate_limit_error      429  too_many_requests too_many_failed_attempts
api_error             500  internal_error
api_error             503  service_unavailable
"""


def expected() -> Iterator[tuple[str, int, str]]:
    for line in EXPECTED.strip().splitlines():
        family, status, *codes = line.split()
        yield from ((code, int(status), family) for code in codes)


def documented() -> Iterator[tuple[str, str, Node]]:
    """(status, example name, error) of every error example of an operation."""
    for operation in operations(DOCUMENT):
        for status, response in responses(DOCUMENT, operation):
            for media in response.get("content", {}).values():
                for name, example in media["examples"].items():
                    if "error" in example["value"]:
                        yield status, name, example["value"]["error"]


def test_catalogue_has_exactly_the_expected_codes() -> None:
    assert sorted(CODES["enum"]) == sorted(code for code, _, _ in expected())


@pytest.mark.parametrize(("code", "status", "family"), list(expected()))
def test_code_has_its_status_its_type_and_a_remedy(code: str, status: int, family: str) -> None:
    assert CODES["x-http-status"][code] == status
    assert CODES["x-error-type"][code] == family
    assert CODES["x-enumDescriptions"][code].count(". ") + CODES["x-enumDescriptions"][code].count(": ") >= 1


@pytest.mark.parametrize("extension", ["x-http-status", "x-error-type", "x-enumDescriptions"])
def test_extension_covers_exactly_the_codes(extension: str) -> None:
    assert list(CODES[extension]) == CODES["enum"]


def test_every_type_is_used_by_a_code() -> None:
    types = DOCUMENT["components"]["schemas"]["ErrorType"]["enum"]
    assert sorted(types) == sorted({family for _, _, family in expected()})


def test_every_code_has_an_example() -> None:
    assert {error["code"] for _, _, error in documented()} == set(CODES["enum"])


def test_example_of_an_error_has_its_status_and_type() -> None:
    for status, name, error in documented():
        code = error["code"]
        assert name == code
        assert status in (str(CODES["x-http-status"][code]), "default")
        assert error["type"] == CODES["x-error-type"][code]
        assert error["doc_url"].endswith(f"/docs/api/errors#{code}")
