// Generated from the hub's OpenAPI document: `make generate` writes this file.

import { StatusError, type StatusErrorClass } from "./base_errors.js";

export class AuthenticationError extends StatusError {}

export class PermissionError extends StatusError {}

export class ValidationError extends StatusError {}

export class NotFoundError extends StatusError {}

export class ConflictError extends StatusError {}

export class IdempotencyError extends StatusError {}

export class RateLimitError extends StatusError {}

export class ApiError extends StatusError {}

export class MissingAuthorizationError extends AuthenticationError {}

export class MalformedAuthorizationError extends AuthenticationError {}

export class InvalidApiKeyError extends AuthenticationError {}

export class IntegrationDisabledError extends PermissionError {}

export class PlanRequiredError extends PermissionError {}

export class TestModeActiveError extends PermissionError {}

export class TestKeyRequiredError extends PermissionError {}

export class ValidationFailedError extends ValidationError {}

export class InvalidJsonError extends ValidationError {}

export class MissingIdempotencyKeyError extends ValidationError {}

export class InvalidIdempotencyKeyError extends ValidationError {}

export class InvalidCursorError extends ValidationError {}

export class NotAcceptableError extends ValidationError {}

export class BodyTooLargeError extends ValidationError {}

export class RequestTimeoutError extends ValidationError {}

export class UnsupportedMediaTypeError extends ValidationError {}

export class RouteNotFoundError extends NotFoundError {}

export class ListingNotFoundError extends NotFoundError {}

export class CustomerNotFoundError extends NotFoundError {}

export class OrderNotFoundError extends NotFoundError {}

export class EventNotFoundError extends NotFoundError {}

export class MethodNotAllowedError extends NotFoundError {}

export class ListingNotAvailableError extends ConflictError {}

export class OrderNotCancellableError extends ConflictError {}

export class DuplicateExternalIdError extends ConflictError {}

export class CustomerAmbiguousError extends ConflictError {}

export class WebhookNotConfiguredError extends ConflictError {}

export class KeyReusedWithDifferentBodyError extends IdempotencyError {}

export class IdempotencyKeyInUseError extends IdempotencyError {}

export class TooManyRequestsError extends RateLimitError {}

export class TooManyFailedAttemptsError extends RateLimitError {}

export class InternalError extends ApiError {}

export class ServiceUnavailableError extends ApiError {}

export const errorsByType = new Map<string, StatusErrorClass>([
  ["authentication_error", AuthenticationError],
  ["permission_error", PermissionError],
  ["validation_error", ValidationError],
  ["not_found_error", NotFoundError],
  ["conflict_error", ConflictError],
  ["idempotency_error", IdempotencyError],
  ["rate_limit_error", RateLimitError],
  ["api_error", ApiError],
]);

export const errorsByCode = new Map<string, StatusErrorClass>([
  ["missing_authorization", MissingAuthorizationError],
  ["malformed_authorization", MalformedAuthorizationError],
  ["invalid_api_key", InvalidApiKeyError],
  ["integration_disabled", IntegrationDisabledError],
  ["plan_required", PlanRequiredError],
  ["test_mode_active", TestModeActiveError],
  ["test_key_required", TestKeyRequiredError],
  ["validation_failed", ValidationFailedError],
  ["invalid_json", InvalidJsonError],
  ["missing_idempotency_key", MissingIdempotencyKeyError],
  ["invalid_idempotency_key", InvalidIdempotencyKeyError],
  ["invalid_cursor", InvalidCursorError],
  ["not_acceptable", NotAcceptableError],
  ["body_too_large", BodyTooLargeError],
  ["request_timeout", RequestTimeoutError],
  ["unsupported_media_type", UnsupportedMediaTypeError],
  ["route_not_found", RouteNotFoundError],
  ["listing_not_found", ListingNotFoundError],
  ["customer_not_found", CustomerNotFoundError],
  ["order_not_found", OrderNotFoundError],
  ["event_not_found", EventNotFoundError],
  ["method_not_allowed", MethodNotAllowedError],
  ["listing_not_available", ListingNotAvailableError],
  ["order_not_cancellable", OrderNotCancellableError],
  ["duplicate_external_id", DuplicateExternalIdError],
  ["customer_ambiguous", CustomerAmbiguousError],
  ["webhook_not_configured", WebhookNotConfiguredError],
  ["key_reused_with_different_body", KeyReusedWithDifferentBodyError],
  ["idempotency_key_in_use", IdempotencyKeyInUseError],
  ["too_many_requests", TooManyRequestsError],
  ["too_many_failed_attempts", TooManyFailedAttemptsError],
  ["internal_error", InternalError],
  ["service_unavailable", ServiceUnavailableError],
]);
