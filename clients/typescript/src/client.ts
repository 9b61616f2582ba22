// The client: authentication, and the operations of the API by tag.

import { Operations } from "./operations.js";
import { sleep } from "./retries.js";
import { Transport } from "./transport.js";

export interface ClientOptions {
  apiKey: string;
  /** The address of the hub, such as `https://hub.example`. */
  baseUrl: string;
  /** Seconds until a response must be complete; 30 by default. */
  timeoutSeconds?: number;
  /** The number of attempts after the first; 4 by default. */
  maxRetries?: number;
  /** Replaces the waiting of retries. It takes seconds. */
  sleep?: (seconds: number) => Promise<void>;
  /** Replaces the randomness of retries. It gives 0 to 1. */
  jitter?: () => number;
}

/**
 * A hub, seen with one API key.
 *
 * All operations throw `StatusError` for an error of the hub and `ApiConnectionError` if no response arrives. Throws
 * TypeError for an API key or an address that cannot be one.
 */
export class Client extends Operations {
  constructor(options: ClientOptions) {
    const { apiKey, baseUrl, timeoutSeconds = 30, maxRetries = 4 } = options;
    const retries = { maxRetries, sleep: options.sleep ?? sleep, jitter: options.jitter ?? Math.random };
    super(new Transport(apiKey, baseUrl, timeoutSeconds, retries));
  }
}
