// Typed errors: one class for each `type` and each `code` of the hub's error catalogue.

import { type ErrorFields, StatusError } from "./base_errors.js";
import { errorsByCode, errorsByType } from "./error_classes.js";

export { ApiConnectionError, StatusError, WatchTraderHubError } from "./base_errors.js";
export * from "./error_classes.js";
export { MalformedSignatureError, PayloadError, SignatureError, SignatureMismatchError, TimestampError } from "./webhooks.js";

/** Builds the error of a response: by its code, else by its type, else a `StatusError`. */
export function buildError(status: number, body: unknown, retryAfter: number | null = null): StatusError {
  const detail = ((body as { error?: unknown } | null)?.error ?? {}) as ErrorFields;
  const kind = errorsByCode.get(String(detail.code)) ?? errorsByType.get(String(detail.type)) ?? StatusError;
  return new kind(status, detail, retryAfter);
}
