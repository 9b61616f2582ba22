// Base classes of all errors, and the fields of an error that the hub sent.

export interface ErrorFields {
  type?: string | undefined;
  code?: string | undefined;
  message?: string | undefined;
  param?: string | null | undefined;
  request_id?: string | undefined;
  doc_url?: string | undefined;
}

/** Base class of all errors of this package. */
export class WatchTraderHubError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No response arrived: a failed connection, a timeout, or a response that was cut off. */
export class ApiConnectionError extends WatchTraderHubError {}

/**
 * The hub responded with an error; its class follows from `code`, else from `type`.
 *
 * `code` and `type` are null if something else than the hub responded, such as a proxy. `status` is the HTTP status.
 * `retryAfter` is the `Retry-After` header in seconds, null without one.
 */
export class StatusError extends WatchTraderHubError {
  readonly type: string | null;
  readonly code: string | null;
  readonly param: string | null;
  readonly requestId: string | null;
  readonly docUrl: string | null;

  constructor(
    readonly status: number,
    detail: ErrorFields,
    readonly retryAfter: number | null = null,
  ) {
    const message = detail.message ?? "The response is not an error of the hub. Check the base URL.";
    super(`${status} ${detail.code ?? "without a code"}: ${message}`);
    this.type = detail.type ?? null;
    this.code = detail.code ?? null;
    this.param = detail.param ?? null;
    this.requestId = detail.request_id ?? null;
    this.docUrl = detail.doc_url ?? null;
  }
}

export type StatusErrorClass = new (status: number, detail: ErrorFields, retryAfter?: number | null) => StatusError;
