// HTTP: one request with its authentication, Idempotency-Key and retries.

import { randomUUID } from "node:crypto";

import { ApiConnectionError } from "./base_errors.js";
import { buildError } from "./errors.js";
import { type Page, Pages } from "./pages.js";
import { delay, parseRetryAfter, type RetryPolicy } from "./retries.js";
import { VERSION } from "./version.js";

const API_PATH = "/api/v1";

export interface PostOptions {
  /** A key of your own, such as your order number, if your program may repeat the call after a crash. */
  idempotencyKey?: string | undefined;
}

interface Request {
  method: "GET" | "POST";
  path: string;
  query?: object;
  body?: string | undefined;
  headers?: Record<string, string>;
}

/** Sends requests to one hub. Private fields keep the key out of `console.log`. */
export class Transport {
  readonly baseUrl: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutSeconds: number;
  readonly #retries: RetryPolicy;

  constructor(apiKey: string, baseUrl: string, timeoutSeconds: number, retries: RetryPolicy) {
    // an invalid header value would be part of the error that fetch throws
    if (!/^[!-~]+$/.test(apiKey)) {
      throw new TypeError("Invalid API key: pass the key from the dashboard, without spaces or line breaks.");
    }
    this.baseUrl = resolveBaseUrl(baseUrl);
    this.#headers = {
      Authorization: `Bearer ${apiKey}`,
      Accept: "application/json",
      "User-Agent": `watchtraderhub-typescript/${VERSION}`,
    };
    this.#timeoutSeconds = timeoutSeconds;
    this.#retries = retries;
  }

  /** Sends a GET request and returns the parsed body. Throws StatusError and ApiConnectionError. */
  async get<Result>(path: string, query: object = {}): Promise<Result> {
    return (await this.#sendWithRetries({ method: "GET", path, query })) as Result;
  }

  list<Item>(path: string, query: object): Pages<Item> {
    return new Pages<Item>((pageQuery) => this.get<Page<Item>>(path, pageQuery), query);
  }

  /** Sends a POST request. All its attempts have the same Idempotency-Key and the same bytes. */
  async post<Result>(path: string, body: unknown, options: PostOptions = {}): Promise<Result> {
    const headers: Record<string, string> = { "Idempotency-Key": options.idempotencyKey ?? randomUUID() };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const text = body === undefined ? undefined : JSON.stringify(body);
    return (await this.#sendWithRetries({ method: "POST", path, body: text, headers })) as Result;
  }

  async #sendWithRetries(request: Request): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#send(request);
      } catch (error) {
        const seconds = delay(this.#retries, attempt, error);
        if (seconds === null) throw error;
        await this.#retries.sleep(seconds);
      }
    }
  }

  async #send(request: Request): Promise<unknown> {
    const { response, text } = await this.#exchange(request);
    const body = parseJson(text);
    if (response.ok && body !== undefined) return body;
    throw buildError(response.status, body, parseRetryAfter(response.headers.get("Retry-After")));
  }

  async #exchange({ method, path, query = {}, body, headers }: Request): Promise<{ response: Response; text: string }> {
    const wait = Number((query as { wait?: number }).wait ?? 0); // the hub may hold the response for that long
    const signal = AbortSignal.timeout(1000 * (this.#timeoutSeconds + wait));
    const options = { method, headers: { ...this.#headers, ...headers }, signal, ...(body === undefined ? {} : { body }) };
    try {
      // a redirect could lead to a host that must not get the key
      const response = await fetch(this.baseUrl + path + encodeQuery(query), { ...options, redirect: "manual" });
      return { response, text: await response.text() };
    } catch (error) {
      throw new ApiConnectionError(`No response to ${method} ${path}: ${(error as Error).name}.`, { cause: error });
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the URL of the API; a URL without a path, such as `https://hub.example`, gets `/api/v1`. */
export function resolveBaseUrl(url: string): string {
  const parts = /^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$/.exec(url);
  if (parts === null) throw new TypeError("Invalid baseUrl: pass the address of the hub, such as https://hub.example.");
  const trimmed = url.replace(/\/+$/, "");
  return (parts[1] ?? "/").replace(/\/+$/, "") === "" ? trimmed + API_PATH : trimmed;
}

/** Encodes an ID for a path. Throws TypeError for an empty one, which would name the list. */
export function encodeId(id: string): string {
  if (["", ".", ".."].includes(id)) throw new TypeError("Invalid ID: pass the `id` of an object.");
  return encodeURIComponent(id);
}

/** Encodes parameters; undefined and null omit one. */
function encodeQuery(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}
