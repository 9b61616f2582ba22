// Webhooks: verify the signature of a delivery and parse its event.

import { createHmac, timingSafeEqual } from "node:crypto";

import { WatchTraderHubError } from "./base_errors.js";
import type { WebhookEvent } from "./models.js";

export const SIGNATURE_HEADER = "WTH-Signature";
export const TOLERANCE_SECONDS = 300;

/** Base class: the delivery must not be trusted. Respond with 400. */
export class SignatureError extends WatchTraderHubError {}

/** The header is missing, or is not `t=<unix seconds>,v1=<hex>`. */
export class MalformedSignatureError extends SignatureError {}

/** No `v1` matches: the body was changed, or it was signed with another secret. */
export class SignatureMismatchError extends SignatureError {}

/** The signature is genuine, but too old or in the future. */
export class TimestampError extends SignatureError {}

/** The signature is valid, but the body is not an event. */
export class PayloadError extends WatchTraderHubError {}

export type RawBody = string | Uint8Array;
export type HeaderRecord = Record<string, string | string[] | undefined>;

export interface VerifyOptions {
  /** Seconds that the timestamp may differ from now; 300 by default. */
  tolerance?: number;
  /** The current time in Unix seconds. */
  now?: number;
}

/**
 * Verifies a delivery and returns its event.
 *
 * `body` is the raw request body. `secret` is the whole `whsec_…` string, or several during a rotation. An event of an
 * unknown type is returned as it is: ignore it and respond with 2xx. Throws SignatureError and PayloadError, and
 * TypeError for invalid arguments.
 */
export function constructEvent(
  body: RawBody,
  headers: Headers | HeaderRecord,
  secret: string | readonly string[],
  options: VerifyOptions = {},
): WebhookEvent {
  verifySignature(body, findHeader(headers), secret, options);
  const event = parseObject(typeof body === "string" ? body : Buffer.from(body).toString("utf8"));
  if (typeof event?.["event"] !== "string") {
    throw new PayloadError("The body is not an event of the hub: it must be a JSON object with a field `event`.");
  }
  return event as unknown as WebhookEvent;
}

/** Verifies a `WTH-Signature` header. The arguments and errors are those of `constructEvent`. */
export function verifySignature(
  body: RawBody,
  header: string | null | undefined,
  secret: string | readonly string[],
  { tolerance = TOLERANCE_SECONDS, now = Date.now() / 1000 }: VerifyOptions = {},
): void {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    throw new TypeError("Pass the raw request body: parsing and serializing it again changes its bytes.");
  }
  const { timestamp, candidates } = parseHeader(header);
  const expected = listSecrets(secret).map((each) => sign(body, timestamp, each));
  // every pair is compared, so that the duration does not reveal which one matched
  const matches = expected.flatMap((signature) => candidates.map((candidate) => isEqual(signature, candidate)));
  if (!matches.includes(true)) {
    throw new SignatureMismatchError(
      "No v1 signature matches. Pass the raw body and the secret of the endpoint that received it.",
    );
  }
  // checked last, after the signature has proved it genuine
  if (Math.abs(now - Number(timestamp)) > tolerance) {
    throw new TimestampError(`The timestamp is more than ${tolerance} s from now. Check this machine's clock.`);
  }
}

function findHeader(headers: Headers | HeaderRecord): string | null {
  if (headers instanceof Headers) return headers.get(SIGNATURE_HEADER);
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === SIGNATURE_HEADER.toLowerCase());
  return entry === undefined ? null : [entry[1] ?? []].flat().join(",");
}

function listSecrets(secret: string | readonly string[]): readonly string[] {
  const secrets = typeof secret === "string" ? [secret] : secret;
  if (secrets.length === 0 || secrets.some((each) => !each)) {
    throw new TypeError("Pass the secret of the endpoint: the whole string, including whsec_.");
  }
  return secrets;
}

/** Parses the timestamp and the v1 signatures; ignores other schemes. */
function parseHeader(header: string | null | undefined): { timestamp: string; candidates: string[] } {
  const pairs = (header ?? "").split(",").map((item) => /^([^=]*)=?(.*)$/s.exec(item)?.slice(1) ?? []);
  const values = (wanted: string): string[] => pairs.flatMap(([name, value]) => (name === wanted ? [value ?? ""] : []));
  const [timestamp, ...others] = values("t");
  const candidates = values("v1");
  if (timestamp === undefined || others.length > 0 || candidates.length === 0 || !/^[0-9]{1,12}$/.test(timestamp)) {
    throw new MalformedSignatureError(`${SIGNATURE_HEADER} is missing or malformed. Pass all headers of the request.`);
  }
  return { timestamp, candidates };
}

function sign(body: RawBody, timestamp: string, secret: string): Buffer {
  return Buffer.from(createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest("hex"));
}

function isEqual(expected: Buffer, candidate: string): boolean {
  const given = Buffer.from(candidate);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
