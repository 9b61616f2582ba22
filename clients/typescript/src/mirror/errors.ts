// Errors of the mirror.

import { WatchTraderHubError } from "../base_errors.js";

/**
 * The mirror cannot continue from its position. Call `Mirror.resnapshot`.
 *
 * The hub no longer lists the next event, because it is older than 30 days, or the hub was restored from a backup and
 * has given the number of an applied event to another one.
 */
export class StaleMirrorError extends WatchTraderHubError {}

/** An event was delivered that the hub does not list yet. The hub delivers it again. */
export class EventNotListedError extends WatchTraderHubError {}

/** The mirror advanced while the snapshot was read, each time. Call `resnapshot` when fewer events arrive. */
export class SnapshotOutdatedError extends WatchTraderHubError {}

/** The request body is larger than the limit. Respond with 413. */
export class BodyTooLargeError extends WatchTraderHubError {}

/** A body parser consumed the request, so its signature cannot be verified. */
export class ParsedBodyError extends WatchTraderHubError {}
