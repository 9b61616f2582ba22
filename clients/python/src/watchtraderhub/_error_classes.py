"""An exception for each error type and code.

Generated from the hub's OpenAPI document: `make generate` writes this file.
"""

from __future__ import annotations

from watchtraderhub._base_errors import StatusError

__all__ = [
    "ApiError",
    "AuthenticationError",
    "BodyTooLargeError",
    "ConflictError",
    "CustomerAmbiguousError",
    "CustomerNotFoundError",
    "DuplicateExternalIdError",
    "EventNotFoundError",
    "IdempotencyError",
    "IdempotencyKeyInUseError",
    "IntegrationDisabledError",
    "InternalError",
    "InvalidApiKeyError",
    "InvalidCursorError",
    "InvalidIdempotencyKeyError",
    "InvalidJsonError",
    "KeyReusedWithDifferentBodyError",
    "ListingNotAvailableError",
    "ListingNotFoundError",
    "MalformedAuthorizationError",
    "MethodNotAllowedError",
    "MissingAuthorizationError",
    "MissingIdempotencyKeyError",
    "NotAcceptableError",
    "NotFoundError",
    "OrderNotCancellableError",
    "OrderNotFoundError",
    "PermissionError",
    "PlanRequiredError",
    "RateLimitError",
    "RequestTimeoutError",
    "RouteNotFoundError",
    "ServiceUnavailableError",
    "TestKeyRequiredError",
    "TestModeActiveError",
    "TooManyFailedAttemptsError",
    "TooManyRequestsError",
    "UnsupportedMediaTypeError",
    "ValidationError",
    "ValidationFailedError",
    "WebhookNotConfiguredError",
]


class AuthenticationError(StatusError):
    """Errors of the type `authentication_error`."""


class PermissionError(StatusError):
    """Errors of the type `permission_error`."""


class ValidationError(StatusError):
    """Errors of the type `validation_error`."""


class NotFoundError(StatusError):
    """Errors of the type `not_found_error`."""


class ConflictError(StatusError):
    """Errors of the type `conflict_error`."""


class IdempotencyError(StatusError):
    """Errors of the type `idempotency_error`."""


class RateLimitError(StatusError):
    """Errors of the type `rate_limit_error`."""


class ApiError(StatusError):
    """Errors of the type `api_error`."""


class MissingAuthorizationError(AuthenticationError):
    """Code `missing_authorization`."""


class MalformedAuthorizationError(AuthenticationError):
    """Code `malformed_authorization`."""


class InvalidApiKeyError(AuthenticationError):
    """Code `invalid_api_key`."""


class IntegrationDisabledError(PermissionError):
    """Code `integration_disabled`."""


class PlanRequiredError(PermissionError):
    """Code `plan_required`."""


class TestModeActiveError(PermissionError):
    """Code `test_mode_active`."""


class TestKeyRequiredError(PermissionError):
    """Code `test_key_required`."""


class ValidationFailedError(ValidationError):
    """Code `validation_failed`."""


class InvalidJsonError(ValidationError):
    """Code `invalid_json`."""


class MissingIdempotencyKeyError(ValidationError):
    """Code `missing_idempotency_key`."""


class InvalidIdempotencyKeyError(ValidationError):
    """Code `invalid_idempotency_key`."""


class InvalidCursorError(ValidationError):
    """Code `invalid_cursor`."""


class NotAcceptableError(ValidationError):
    """Code `not_acceptable`."""


class BodyTooLargeError(ValidationError):
    """Code `body_too_large`."""


class RequestTimeoutError(ValidationError):
    """Code `request_timeout`."""


class UnsupportedMediaTypeError(ValidationError):
    """Code `unsupported_media_type`."""


class RouteNotFoundError(NotFoundError):
    """Code `route_not_found`."""


class ListingNotFoundError(NotFoundError):
    """Code `listing_not_found`."""


class CustomerNotFoundError(NotFoundError):
    """Code `customer_not_found`."""


class OrderNotFoundError(NotFoundError):
    """Code `order_not_found`."""


class EventNotFoundError(NotFoundError):
    """Code `event_not_found`."""


class MethodNotAllowedError(NotFoundError):
    """Code `method_not_allowed`."""


class ListingNotAvailableError(ConflictError):
    """Code `listing_not_available`."""


class OrderNotCancellableError(ConflictError):
    """Code `order_not_cancellable`."""


class DuplicateExternalIdError(ConflictError):
    """Code `duplicate_external_id`."""


class CustomerAmbiguousError(ConflictError):
    """Code `customer_ambiguous`."""


class WebhookNotConfiguredError(ConflictError):
    """Code `webhook_not_configured`."""


class KeyReusedWithDifferentBodyError(IdempotencyError):
    """Code `key_reused_with_different_body`."""


class IdempotencyKeyInUseError(IdempotencyError):
    """Code `idempotency_key_in_use`."""


class TooManyRequestsError(RateLimitError):
    """Code `too_many_requests`."""


class TooManyFailedAttemptsError(RateLimitError):
    """Code `too_many_failed_attempts`."""


class InternalError(ApiError):
    """Code `internal_error`."""


class ServiceUnavailableError(ApiError):
    """Code `service_unavailable`."""


ERRORS_BY_TYPE: dict[str, type[StatusError]] = {
    "authentication_error": AuthenticationError,
    "permission_error": PermissionError,
    "validation_error": ValidationError,
    "not_found_error": NotFoundError,
    "conflict_error": ConflictError,
    "idempotency_error": IdempotencyError,
    "rate_limit_error": RateLimitError,
    "api_error": ApiError,
}

ERRORS_BY_CODE: dict[str, type[StatusError]] = {
    "missing_authorization": MissingAuthorizationError,
    "malformed_authorization": MalformedAuthorizationError,
    "invalid_api_key": InvalidApiKeyError,
    "integration_disabled": IntegrationDisabledError,
    "plan_required": PlanRequiredError,
    "test_mode_active": TestModeActiveError,
    "test_key_required": TestKeyRequiredError,
    "validation_failed": ValidationFailedError,
    "invalid_json": InvalidJsonError,
    "missing_idempotency_key": MissingIdempotencyKeyError,
    "invalid_idempotency_key": InvalidIdempotencyKeyError,
    "invalid_cursor": InvalidCursorError,
    "not_acceptable": NotAcceptableError,
    "body_too_large": BodyTooLargeError,
    "request_timeout": RequestTimeoutError,
    "unsupported_media_type": UnsupportedMediaTypeError,
    "route_not_found": RouteNotFoundError,
    "listing_not_found": ListingNotFoundError,
    "customer_not_found": CustomerNotFoundError,
    "order_not_found": OrderNotFoundError,
    "event_not_found": EventNotFoundError,
    "method_not_allowed": MethodNotAllowedError,
    "listing_not_available": ListingNotAvailableError,
    "order_not_cancellable": OrderNotCancellableError,
    "duplicate_external_id": DuplicateExternalIdError,
    "customer_ambiguous": CustomerAmbiguousError,
    "webhook_not_configured": WebhookNotConfiguredError,
    "key_reused_with_different_body": KeyReusedWithDifferentBodyError,
    "idempotency_key_in_use": IdempotencyKeyInUseError,
    "too_many_requests": TooManyRequestsError,
    "too_many_failed_attempts": TooManyFailedAttemptsError,
    "internal_error": InternalError,
    "service_unavailable": ServiceUnavailableError,
}
