// Generated from the hub's OpenAPI document: `make generate` writes this file.

import type * as models from "./models.js";
import type { Pages } from "./pages.js";
import { encodeId, type PostOptions, type Transport } from "./transport.js";

export class Health {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Check API health. */
  get(): Promise<models.Health> {
    return this.#transport.get<models.Health>("/health");
  }
}

export class Contract {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Get the OpenAPI document. */
  getOpenapi(): Promise<models.OpenapiDocument> {
    return this.#transport.get<models.OpenapiDocument>("/openapi.json");
  }
}

export class Integration {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Get the current integration. */
  getMe(): Promise<models.Me> {
    return this.#transport.get<models.Me>("/me");
  }
}

export class Listings {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List listings. */
  list(query: { limit?: number | undefined; after?: string | undefined; updated_after?: string | undefined; status?: models.ListingStatus | undefined; published?: boolean | undefined; brand?: string | undefined; reference?: string | undefined } = {}): Pages<models.Listing> {
    return this.#transport.list<models.Listing>("/listings", query);
  }

  /** Get a listing. */
  get(listingId: string): Promise<models.Listing> {
    return this.#transport.get<models.Listing>(`/listings/${encodeId(listingId)}`);
  }
}

export class Customers {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List customers. */
  list(query: { limit?: number | undefined; after?: string | undefined; updated_after?: string | undefined; email?: string | undefined; external_id?: string | undefined } = {}): Pages<models.Customer> {
    return this.#transport.list<models.Customer>("/customers", query);
  }

  /** Create or match a customer. */
  upsert(body: models.CustomerInput, options: PostOptions = {}): Promise<models.UpsertedCustomer> {
    return this.#transport.post<models.UpsertedCustomer>("/customers", body, options);
  }

  /** Create or match customers in bulk. */
  bulkUpsert(body: models.BulkCustomersInput, options: PostOptions = {}): Promise<models.BulkResult> {
    return this.#transport.post<models.BulkResult>("/customers/bulk", body, options);
  }

  /** Get a customer. */
  get(customerId: string): Promise<models.Customer> {
    return this.#transport.get<models.Customer>(`/customers/${encodeId(customerId)}`);
  }
}

export class Orders {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List orders. */
  list(query: { limit?: number | undefined; after?: string | undefined; updated_after?: string | undefined; status?: models.OrderStatus | undefined; external_id?: string | undefined; listing_id?: string | undefined } = {}): Pages<models.Order> {
    return this.#transport.list<models.Order>("/orders", query);
  }

  /** Create an order. */
  create(body: models.OrderInput, options: PostOptions = {}): Promise<models.Order> {
    return this.#transport.post<models.Order>("/orders", body, options);
  }

  /** Get an order. */
  get(orderId: string): Promise<models.Order> {
    return this.#transport.get<models.Order>(`/orders/${encodeId(orderId)}`);
  }

  /** Cancel an order. */
  cancel(orderId: string, body?: models.CancelInput, options: PostOptions = {}): Promise<models.Order> {
    return this.#transport.post<models.Order>(`/orders/${encodeId(orderId)}/cancel`, body, options);
  }
}

export class Events {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** List events. */
  list(query: { limit?: number | undefined; after?: string | undefined; wait?: number | undefined; type?: string | undefined; resource_id?: string | undefined; since?: string | undefined } = {}): Pages<models.WebhookEvent> {
    return this.#transport.list<models.WebhookEvent>("/events", query);
  }

  /** Get an event. */
  get(eventId: string): Promise<models.WebhookEvent> {
    return this.#transport.get<models.WebhookEvent>(`/events/${encodeId(eventId)}`);
  }
}

export class Testing {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Send a test event. */
  sendWebhookPing(body?: models.PingInput, options: PostOptions = {}): Promise<models.IntegrationTestEvent> {
    return this.#transport.post<models.IntegrationTestEvent>("/test/webhook_ping", body, options);
  }

  /** Trigger an event. */
  triggerTestEvent(body: models.TestEventInput, options: PostOptions = {}): Promise<models.TriggeredEvents> {
    return this.#transport.post<models.TriggeredEvents>("/test/events", body, options);
  }

  /** Reset the sandbox. */
  resetSandbox(options: PostOptions = {}): Promise<models.SandboxReset> {
    return this.#transport.post<models.SandboxReset>("/test/sandbox/reset", undefined, options);
  }

  /** Skip to the next retry. */
  advanceTestDeliveries(body?: models.AdvanceInput, options: PostOptions = {}): Promise<models.DueDeliveries> {
    return this.#transport.post<models.DueDeliveries>("/test/deliveries/advance", body, options);
  }

  /** Check a signature. */
  verifySignature(body: models.SignatureCheckInput, options: PostOptions = {}): Promise<models.SignatureCheck> {
    return this.#transport.post<models.SignatureCheck>("/test/verify", body, options);
  }
}

/** The operations of the API by tag. */
export class Operations {
  readonly health: Health;
  readonly contract: Contract;
  readonly integration: Integration;
  readonly listings: Listings;
  readonly customers: Customers;
  readonly orders: Orders;
  readonly events: Events;
  readonly testing: Testing;

  constructor(transport: Transport) {
    this.health = new Health(transport);
    this.contract = new Contract(transport);
    this.integration = new Integration(transport);
    this.listings = new Listings(transport);
    this.customers = new Customers(transport);
    this.orders = new Orders(transport);
    this.events = new Events(transport);
    this.testing = new Testing(transport);
  }
}
