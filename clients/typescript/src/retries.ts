// Safe retries: exponential backoff with jitter that honors Retry-After.
// Only requests that the hub did not execute, or that it replays by their Idempotency-Key, are sent again.

import { ApiConnectionError, StatusError } from "./base_errors.js";

const RETRIED_STATUSES = new Set([429, 500, 502, 503, 504]);
const FIRST_DELAY_SECONDS = 0.5;
const LONGEST_DELAY_SECONDS = 8;
// An error whose Retry-After is longer is thrown at once: the caller can plan such a wait better.
const LONGEST_RETRY_AFTER_SECONDS = 60;

/** `maxRetries` is the number of attempts after the first. `sleep` takes seconds, `jitter` gives 0 to 1. */
export interface RetryPolicy {
  maxRetries: number;
  sleep: (seconds: number) => Promise<void>;
  jitter: () => number;
}

export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** The seconds to wait after attempt number `attempt` (from 0); null if the error is final. */
export function delay(policy: RetryPolicy, attempt: number, error: unknown): number | null {
  if (attempt >= policy.maxRetries || !isRetryable(error)) return null;
  const retryAfter = error instanceof StatusError ? error.retryAfter : null;
  if (retryAfter === null) {
    return Math.min(FIRST_DELAY_SECONDS * 2 ** attempt, LONGEST_DELAY_SECONDS) * (0.5 + policy.jitter() / 2);
  }
  // up to a second of jitter, so that many clients do not return in the same moment
  return retryAfter <= LONGEST_RETRY_AFTER_SECONDS ? retryAfter + policy.jitter() : null;
}

/** Whether the same request may succeed later. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof ApiConnectionError) return true;
  if (!(error instanceof StatusError) || error.code === "too_many_failed_attempts") return false; // the key is wrong
  return RETRIED_STATUSES.has(error.status) || error.code === "idempotency_key_in_use";
}

/** Parses a Retry-After header, seconds or a date (RFC 9110 section 10.2.3); null if it is missing or invalid. */
export function parseRetryAfter(value: string | null): number | null {
  const text = (value ?? "").trim();
  if (/^[0-9]+$/.test(text)) return Number(text);
  const at = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, (at - Date.now()) / 1000);
}
