// Generated from the hub's OpenAPI document: `make generate` writes this file.

export interface Listing {
  id: string;
  object: "listing";
  is_test: boolean;
  published: boolean;
  status: ListingStatus;
  brand: string;
  model: string;
  reference: string | null;
  title: string;
  description: string | null;
  condition: Condition | null;
  year: number | null;
  case_material: string | null;
  case_diameter_mm: number | null;
  bracelet_material: string | null;
  dial_color: string | null;
  movement: Movement | null;
  caliber: string | null;
  power_reserve_h: number | null;
  water_resistance_m: number | null;
  complications: Array<string>;
  has_box: boolean | null;
  has_papers: boolean | null;
  asking_price_eur: number;
  vat_regime: VatRegime;
  location_country: string | null;
  photos: Array<Photo>;
  created_at: string;
  updated_at: string;
  published_at: string | null;
  sold_at: string | null;
}

export type ListingStatus = "in_stock" | "sold";

export type Condition = "new" | "unworn" | "very_good" | "good" | "fair" | "poor";

export type Movement = "automatic" | "manual" | "quartz";

export type VatRegime = "margin" | "standard" | "export";

export interface Photo {
  url: string;
  position: number;
}

export interface ListingPage {
  object: "list";
  data: Array<Listing>;
  has_more: boolean;
  next_cursor: string | null;
}

export interface Customer {
  id: string;
  object: "customer";
  is_test: boolean;
  external_id: string | null;
  email: string | null;
  phone: string | null;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  vat_id: string | null;
  address: Address | null;
  notes: string | null;
  metadata: Metadata;
  created_at: string;
  updated_at: string;
}

export interface CustomerInput {
  external_id?: string | null;
  email?: string | null;
  phone?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  company?: string | null;
  vat_id?: string | null;
  address?: AddressInput | null;
  notes?: string | null;
  metadata?: Metadata | null;
}

export interface UpsertedCustomer {
  id: string;
  object: "customer";
  is_test: boolean;
  external_id: string | null;
  email: string | null;
  phone: string | null;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  vat_id: string | null;
  address: Address | null;
  notes: string | null;
  metadata: Metadata;
  created_at: string;
  updated_at: string;
  matched_by: MatchedBy | null;
}

export type MatchedBy = "external_id" | "email" | "phone";

export interface CustomerPage {
  object: "list";
  data: Array<Customer>;
  has_more: boolean;
  next_cursor: string | null;
}

export interface BulkCustomersInput {
  customers: Array<CustomerInput>;
}

export interface BulkResult {
  object: "bulk_result";
  created: number;
  matched: number;
  failed: number;
  results: Array<BulkRow>;
}

export interface BulkRow {
  index: number;
  status: BulkRowStatus;
  customer: UpsertedCustomer | null;
  error: ErrorDetail | null;
}

export type BulkRowStatus = "created" | "matched" | "failed";

export interface Address {
  line1: string | null;
  line2: string | null;
  city: string | null;
  postal_code: string | null;
  region: string | null;
  country: string | null;
}

export interface AddressInput {
  line1?: string | null;
  line2?: string | null;
  city?: string | null;
  postal_code?: string | null;
  region?: string | null;
  country?: string | null;
}

export type Metadata = Record<string, string>;

export interface Order {
  id: string;
  object: "order";
  is_test: boolean;
  external_id: string | null;
  status: OrderStatus;
  origin: OrderOrigin;
  customer: Customer;
  items: Array<OrderItem>;
  total_eur: number;
  shipping_address: Address | null;
  billing_address: Address | null;
  note: string | null;
  tracking: Tracking | null;
  metadata: Metadata;
  created_at: string;
  updated_at: string;
  fulfilled_at: string | null;
  cancelled_at: string | null;
  cancel_reason: string | null;
}

export type OrderStatus = "received" | "fulfilled" | "cancelled";

export type OrderOrigin = "api" | "dashboard";

export interface OrderItem {
  listing_id: string;
  brand: string;
  model: string;
  reference: string | null;
  price_eur: number;
}

export interface Tracking {
  carrier: string | null;
  number: string | null;
  url: string | null;
}

export interface OrderPage {
  object: "list";
  data: Array<Order>;
  has_more: boolean;
  next_cursor: string | null;
}

export interface OrderInput {
  external_id?: string | null;
  customer: OrderCustomerInput;
  items: Array<OrderItemInput>;
  shipping_address?: AddressInput | null;
  billing_address?: AddressInput | null;
  note?: string | null;
  metadata?: Metadata | null;
}

export interface OrderCustomerInput {
  id?: string | null;
  external_id?: string | null;
  email?: string | null;
  phone?: string | null;
  first_name?: string | null;
  last_name?: string | null;
  company?: string | null;
  vat_id?: string | null;
  address?: AddressInput | null;
  notes?: string | null;
  metadata?: Metadata | null;
}

export interface OrderItemInput {
  listing_id: string;
  price_eur?: number | null;
}

export interface CancelInput {
  reason?: string | null;
}

export type WebhookEvent = ListingPublishedEvent | ListingUnpublishedEvent | ListingUpdatedEvent | ListingSoldEvent | ListingInStockEvent | OrderReceivedEvent | OrderFulfilledEvent | OrderCancelledEvent | CustomerMatchedEvent | IntegrationTestEvent;

export type WebhookEventType = "listing.published" | "listing.unpublished" | "listing.updated" | "listing.sold" | "listing.in_stock" | "order.received" | "order.fulfilled" | "order.cancelled" | "customer.matched" | "integration.test_event";

export type EventOrigin = "api" | "dashboard" | "import" | "system";

export interface ListingPublishedEvent {
  id: string;
  object: "event";
  event: "listing.published";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: Listing;
  deliveries?: Array<EventDelivery>;
}

export interface ListingUnpublishedEvent {
  id: string;
  object: "event";
  event: "listing.unpublished";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: Listing;
  deliveries?: Array<EventDelivery>;
}

export interface ListingUpdatedEvent {
  id: string;
  object: "event";
  event: "listing.updated";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: UpdatedListing;
  deliveries?: Array<EventDelivery>;
}

export interface ListingSoldEvent {
  id: string;
  object: "event";
  event: "listing.sold";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: Listing;
  deliveries?: Array<EventDelivery>;
}

export interface ListingInStockEvent {
  id: string;
  object: "event";
  event: "listing.in_stock";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: Listing;
  deliveries?: Array<EventDelivery>;
}

export interface OrderReceivedEvent {
  id: string;
  object: "event";
  event: "order.received";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: Order;
  deliveries?: Array<EventDelivery>;
}

export interface OrderFulfilledEvent {
  id: string;
  object: "event";
  event: "order.fulfilled";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: Order;
  deliveries?: Array<EventDelivery>;
}

export interface OrderCancelledEvent {
  id: string;
  object: "event";
  event: "order.cancelled";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: Order;
  deliveries?: Array<EventDelivery>;
}

export interface CustomerMatchedEvent {
  id: string;
  object: "event";
  event: "customer.matched";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: MatchedCustomer;
  deliveries?: Array<EventDelivery>;
}

export interface IntegrationTestEvent {
  id: string;
  object: "event";
  event: "integration.test_event";
  sequence: number;
  api_version: string;
  created_at: string;
  livemode: boolean;
  origin: EventOrigin;
  request_id: string | null;
  data: PingPayload;
  deliveries?: Array<EventDelivery>;
}

export interface UpdatedListing {
  id: string;
  object: "listing";
  is_test: boolean;
  published: boolean;
  status: ListingStatus;
  brand: string;
  model: string;
  reference: string | null;
  title: string;
  description: string | null;
  condition: Condition | null;
  year: number | null;
  case_material: string | null;
  case_diameter_mm: number | null;
  bracelet_material: string | null;
  dial_color: string | null;
  movement: Movement | null;
  caliber: string | null;
  power_reserve_h: number | null;
  water_resistance_m: number | null;
  complications: Array<string>;
  has_box: boolean | null;
  has_papers: boolean | null;
  asking_price_eur: number;
  vat_regime: VatRegime;
  location_country: string | null;
  photos: Array<Photo>;
  created_at: string;
  updated_at: string;
  published_at: string | null;
  sold_at: string | null;
  previous_attributes: ListingChanges;
}

export interface ListingChanges {
  brand?: string;
  model?: string;
  reference?: string | null;
  title?: string;
  description?: string | null;
  condition?: Condition | null;
  year?: number | null;
  case_material?: string | null;
  case_diameter_mm?: number | null;
  bracelet_material?: string | null;
  dial_color?: string | null;
  movement?: Movement | null;
  caliber?: string | null;
  power_reserve_h?: number | null;
  water_resistance_m?: number | null;
  complications?: Array<string>;
  has_box?: boolean | null;
  has_papers?: boolean | null;
  asking_price_eur?: number;
  vat_regime?: VatRegime;
  location_country?: string | null;
  photos?: Array<Photo>;
}

export interface MatchedCustomer {
  id: string;
  object: "customer";
  is_test: boolean;
  external_id: string | null;
  email: string | null;
  phone: string | null;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  vat_id: string | null;
  address: Address | null;
  notes: string | null;
  metadata: Metadata;
  created_at: string;
  updated_at: string;
  matched_by: MatchedBy;
}

export interface PingPayload {
  message: string;
  triggered_by: PingTrigger;
}

export type PingTrigger = "api" | "dashboard";

export interface PingInput {
  message?: string | null;
}

export type TestEventInput = TriggerListingPublished | TriggerListingUnpublished | TriggerListingUpdated | TriggerListingSold | TriggerListingInStock | TriggerOrderReceived | TriggerOrderFulfilled | TriggerOrderCancelled | TriggerCustomerMatched | TriggerIntegrationTestEvent;

export interface TriggerListingPublished {
  type: "listing.published";
  data?: ListingValuesInput | null;
}

export interface TriggerListingUnpublished {
  type: "listing.unpublished";
  data?: ListingValuesInput | null;
}

export interface TriggerListingUpdated {
  type: "listing.updated";
  data?: ListingValuesInput | null;
}

export interface TriggerListingSold {
  type: "listing.sold";
  data?: ListingValuesInput | null;
}

export interface TriggerListingInStock {
  type: "listing.in_stock";
  data?: ListingValuesInput | null;
}

export interface TriggerOrderReceived {
  type: "order.received";
  data?: TestOrderInput | null;
}

export interface TriggerOrderFulfilled {
  type: "order.fulfilled";
  data?: TrackingInput | null;
}

export interface TriggerOrderCancelled {
  type: "order.cancelled";
  data?: CancelInput | null;
}

export interface TriggerCustomerMatched {
  type: "customer.matched";
  data?: CustomerInput | null;
}

export interface TriggerIntegrationTestEvent {
  type: "integration.test_event";
  data?: PingInput | null;
}

export interface ListingValuesInput {
  brand?: string | null;
  model?: string | null;
  reference?: string | null;
  title?: string | null;
  description?: string | null;
  condition?: Condition | null;
  year?: number | null;
  case_material?: string | null;
  case_diameter_mm?: number | null;
  bracelet_material?: string | null;
  dial_color?: string | null;
  movement?: Movement | null;
  caliber?: string | null;
  power_reserve_h?: number | null;
  water_resistance_m?: number | null;
  has_box?: boolean | null;
  has_papers?: boolean | null;
  asking_price_eur?: number | null;
  vat_regime?: VatRegime | null;
  location_country?: string | null;
}

export interface TestOrderInput {
  external_id?: string | null;
  customer?: OrderCustomerInput | null;
  items?: Array<OrderItemInput> | null;
  shipping_address?: AddressInput | null;
  billing_address?: AddressInput | null;
  note?: string | null;
  metadata?: Metadata | null;
}

export interface TrackingInput {
  carrier?: string | null;
  number?: string | null;
  url?: string | null;
}

export interface TriggeredEvents {
  object: "list";
  data: Array<WebhookEvent>;
}

export interface SandboxReset {
  object: "sandbox_reset";
  listings: number;
  deletes_before: string;
}

export interface AdvanceInput {
  delivery_id?: string | null;
  endpoint_id?: string | null;
}

export interface DueDeliveries {
  object: "list";
  data: Array<EventDelivery>;
  has_more: boolean;
}

export interface SignatureCheckInput {
  signature: string;
  body?: string | null;
  body_base64?: string | null;
  secret?: string | null;
}

export interface SignatureCheck {
  object: "signature_check";
  valid: boolean;
  cause: SignatureCause;
  explanation: string;
}

export type SignatureCause = "valid" | "malformed_header" | "old_timestamp" | "future_timestamp" | "missing_prefix" | "wrong_secret" | "previous_secret" | "wrong_encoding" | "reserialized_body" | "changed_body" | "empty_body" | "no_match";

export interface EventPage {
  object: "list";
  data: Array<WebhookEvent>;
  has_more: boolean;
  next_cursor: string | null;
}

export interface EventDelivery {
  id: string;
  endpoint_id: string;
  state: DeliveryState;
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  next_attempt_at: string | null;
  completed_at: string | null;
}

export type DeliveryState = "queued" | "pending" | "sending" | "succeeded" | "failed";

export interface Me {
  object: "integration";
  dealer: Dealer;
  mode: KeyMode;
  key_prefix: string;
  is_enabled: boolean;
  is_test_mode: boolean;
  api_version: string;
  rate_limit: number;
  inventory: InventoryCount;
  subscribed_events: Array<string>;
  webhook: MeWebhook | null;
}

export interface Dealer {
  id: string;
  name: string;
  plan: Plan;
}

export interface Plan {
  tier: PlanTier;
  inventory_limit: number;
  price_eur_month: number;
}

export type PlanTier = "starter" | "business";

export type KeyMode = "test" | "live";

export interface InventoryCount {
  published: number;
  in_stock: number;
  limit: number;
}

export interface MeWebhook {
  url: string;
  is_enabled: boolean;
  last_success_at: string | null;
  last_failure_at: string | null;
  consecutive_failures: number;
}

export interface Health {
  object: "health";
  status: "ok";
}

export type OpenapiDocument = Record<string, unknown>;

export interface ErrorEnvelope {
  error: ErrorDetail;
}

export interface ErrorDetail {
  type: ErrorType;
  code: ErrorCode;
  message: string;
  doc_url: string;
  request_id: string;
  param: string | null;
}

export type ErrorType = "authentication_error" | "permission_error" | "validation_error" | "not_found_error" | "conflict_error" | "idempotency_error" | "rate_limit_error" | "api_error";

export type ErrorCode = "missing_authorization" | "malformed_authorization" | "invalid_api_key" | "integration_disabled" | "plan_required" | "test_mode_active" | "test_key_required" | "validation_failed" | "invalid_json" | "missing_idempotency_key" | "invalid_idempotency_key" | "invalid_cursor" | "not_acceptable" | "body_too_large" | "request_timeout" | "unsupported_media_type" | "route_not_found" | "listing_not_found" | "customer_not_found" | "order_not_found" | "event_not_found" | "method_not_allowed" | "listing_not_available" | "order_not_cancellable" | "duplicate_external_id" | "customer_ambiguous" | "webhook_not_configured" | "key_reused_with_different_body" | "idempotency_key_in_use" | "too_many_requests" | "too_many_failed_attempts" | "internal_error" | "service_unavailable";
