// Webhook receivers: Express or plain node:http, and Fastify. They verify, apply, and respond as the hub expects.

import type { IncomingMessage, ServerResponse } from "node:http";

import { PayloadError, type RawBody, SignatureError } from "../webhooks.js";
import { BodyTooLargeError, ParsedBodyError } from "./errors.js";
import type { Mirror } from "./mirror.js";

// the hub's largest event is far below
const LIMIT_BYTES = 1024 * 1024;

type Receiver = Pick<Mirror<unknown>, "receive">;
type Request = IncomingMessage & { body?: unknown };

/** The part of a Fastify instance that the plugin uses. */
export interface FastifyLike {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    type: string,
    options: { parseAs: "buffer"; bodyLimit: number },
    parser: (request: any, body: any, done: (error: null, body: unknown) => void) => void,
  ): unknown;
  post(path: string, handler: (request: any, reply: any) => Promise<unknown>): unknown;
}

/**
 * A route handler for Express: `app.post("/webhooks", expressReceiver(mirror))`. It also serves node:http.
 *
 * It reads the body itself, so register the route before `express.json()`. Errors that the hub should retry go to
 * `next`; without one the response is 500.
 */
export function expressReceiver(
  mirror: Receiver,
): (request: Request, response: ServerResponse, next?: (error: unknown) => void) => Promise<void> {
  return async (request, response, next = () => send(response, 500, "Not applied. Deliver it again.")) => {
    try {
      const outcome = await mirror.receive(await readBody(request), request.headers);
      send(response, 200, outcome);
    } catch (error) {
      const status = statusOf(error);
      if (status === 500) next(error);
      else send(response, status, (error as Error).message);
    }
  };
}

/**
 * A plugin for Fastify: `app.register(fastifyReceiver(mirror, "/webhooks"))`.
 *
 * Its body parser applies to this route only. Errors that the hub should retry go to Fastify's error handler.
 */
export function fastifyReceiver(mirror: Receiver, path: string): (app: FastifyLike) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: LIMIT_BYTES }, (_, body, done) => done(null, body));
    app.post(path, async (request, reply) => {
      try {
        return await mirror.receive(request.body ?? "", request.headers);
      } catch (error) {
        const status = statusOf(error);
        if (status === 500) throw error;
        return reply.code(status).send((error as Error).message);
      }
    });
  };
}

function statusOf(error: unknown): number {
  if (error instanceof SignatureError || error instanceof PayloadError) return 400;
  return error instanceof BodyTooLargeError ? 413 : 500;
}

async function readBody(request: Request): Promise<RawBody> {
  if (typeof request.body === "string" || request.body instanceof Uint8Array) return request.body; // express.raw()
  if (request.readableEnded) {
    throw new ParsedBodyError("The body was parsed before it was verified. Register this route before express.json().");
  }
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    request.on("data", (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= LIMIT_BYTES) chunks.push(chunk);
      else reject(new BodyTooLargeError(`The body is larger than ${LIMIT_BYTES} bytes.`));
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
  });
}

function send(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  if (status === 413) response.setHeader("Connection", "close"); // ends the rest of the body
  response.end(`${text}\n`);
}
