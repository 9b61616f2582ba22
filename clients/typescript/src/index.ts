// Client of WatchTraderHub's Custom Integration: requests, errors, types, and the signature of webhooks.

export { Client, type ClientOptions } from "./client.js";
export * from "./errors.js";
export * as models from "./models.js";
export type * from "./models.js";
export { type Page, Pages } from "./pages.js";
export * as webhooks from "./webhooks.js";
