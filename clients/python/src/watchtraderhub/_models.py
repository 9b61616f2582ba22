"""Types of requests, responses and events.

Generated from the hub's OpenAPI document: `make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import NotRequired, TypeAlias

ListingStatus: TypeAlias = Literal["in_stock", "sold"]
Condition: TypeAlias = Literal["new", "unworn", "very_good", "good", "fair", "poor"]
Movement: TypeAlias = Literal["automatic", "manual", "quartz"]
VatRegime: TypeAlias = Literal["margin", "standard", "export"]


class Photo(TypedDict):
    url: str
    position: int


class Address(TypedDict):
    line1: str | None
    line2: str | None
    city: str | None
    postal_code: str | None
    region: str | None
    country: str | None


Metadata: TypeAlias = dict[str, str]


class AddressInput(TypedDict, total=False):
    line1: str | None
    line2: str | None
    city: str | None
    postal_code: str | None
    region: str | None
    country: str | None


MatchedBy: TypeAlias = Literal["external_id", "email", "phone"]
BulkRowStatus: TypeAlias = Literal["created", "matched", "failed"]
OrderStatus: TypeAlias = Literal["received", "fulfilled", "cancelled"]
OrderOrigin: TypeAlias = Literal["api", "dashboard"]


class OrderItem(TypedDict):
    listing_id: str
    brand: str
    model: str
    reference: str | None
    price_eur: float


class Tracking(TypedDict):
    carrier: str | None
    number: str | None
    url: str | None


class OrderItemInput(TypedDict):
    listing_id: str
    price_eur: NotRequired[float | None]


class CancelInput(TypedDict, total=False):
    reason: str | None


WebhookEventType: TypeAlias = Literal[
    "listing.published",
    "listing.unpublished",
    "listing.updated",
    "listing.sold",
    "listing.in_stock",
    "order.received",
    "order.fulfilled",
    "order.cancelled",
    "customer.matched",
    "integration.test_event",
]
EventOrigin: TypeAlias = Literal["api", "dashboard", "import", "system"]
PingTrigger: TypeAlias = Literal["api", "dashboard"]


class PingInput(TypedDict, total=False):
    message: str | None


class TrackingInput(TypedDict, total=False):
    carrier: str | None
    number: str | None
    url: str | None


class SandboxReset(TypedDict):
    object: Literal["sandbox_reset"]
    listings: int
    deletes_before: str


class AdvanceInput(TypedDict, total=False):
    delivery_id: str | None
    endpoint_id: str | None


class SignatureCheckInput(TypedDict):
    signature: str
    body: NotRequired[str | None]
    body_base64: NotRequired[str | None]
    secret: NotRequired[str | None]


SignatureCause: TypeAlias = Literal[
    "valid",
    "malformed_header",
    "old_timestamp",
    "future_timestamp",
    "missing_prefix",
    "wrong_secret",
    "previous_secret",
    "wrong_encoding",
    "reserialized_body",
    "changed_body",
    "empty_body",
    "no_match",
]
DeliveryState: TypeAlias = Literal["queued", "pending", "sending", "succeeded", "failed"]
KeyMode: TypeAlias = Literal["test", "live"]


class InventoryCount(TypedDict):
    published: int
    in_stock: int
    limit: int


class MeWebhook(TypedDict):
    url: str
    is_enabled: bool
    last_success_at: str | None
    last_failure_at: str | None
    consecutive_failures: int


PlanTier: TypeAlias = Literal["starter", "business"]


class Health(TypedDict):
    object: Literal["health"]
    status: Literal["ok"]


OpenapiDocument: TypeAlias = dict[str, Any]
ErrorType: TypeAlias = Literal[
    "authentication_error",
    "permission_error",
    "validation_error",
    "not_found_error",
    "conflict_error",
    "idempotency_error",
    "rate_limit_error",
    "api_error",
]
ErrorCode: TypeAlias = Literal[
    "missing_authorization",
    "malformed_authorization",
    "invalid_api_key",
    "integration_disabled",
    "plan_required",
    "test_mode_active",
    "test_key_required",
    "validation_failed",
    "invalid_json",
    "missing_idempotency_key",
    "invalid_idempotency_key",
    "invalid_cursor",
    "not_acceptable",
    "body_too_large",
    "request_timeout",
    "unsupported_media_type",
    "route_not_found",
    "listing_not_found",
    "customer_not_found",
    "order_not_found",
    "event_not_found",
    "method_not_allowed",
    "listing_not_available",
    "order_not_cancellable",
    "duplicate_external_id",
    "customer_ambiguous",
    "webhook_not_configured",
    "key_reused_with_different_body",
    "idempotency_key_in_use",
    "too_many_requests",
    "too_many_failed_attempts",
    "internal_error",
    "service_unavailable",
]


class ListingValuesInput(TypedDict, total=False):
    brand: str | None
    model: str | None
    reference: str | None
    title: str | None
    description: str | None
    condition: Condition | None
    year: int | None
    case_material: str | None
    case_diameter_mm: float | None
    bracelet_material: str | None
    dial_color: str | None
    movement: Movement | None
    caliber: str | None
    power_reserve_h: int | None
    water_resistance_m: int | None
    has_box: bool | None
    has_papers: bool | None
    asking_price_eur: float | None
    vat_regime: VatRegime | None
    location_country: str | None


class Listing(TypedDict):
    id: str
    object: Literal["listing"]
    is_test: bool
    published: bool
    status: ListingStatus
    brand: str
    model: str
    reference: str | None
    title: str
    description: str | None
    condition: Condition | None
    year: int | None
    case_material: str | None
    case_diameter_mm: float | None
    bracelet_material: str | None
    dial_color: str | None
    movement: Movement | None
    caliber: str | None
    power_reserve_h: int | None
    water_resistance_m: int | None
    complications: list[str]
    has_box: bool | None
    has_papers: bool | None
    asking_price_eur: float
    vat_regime: VatRegime
    location_country: str | None
    photos: list[Photo]
    created_at: str
    updated_at: str
    published_at: str | None
    sold_at: str | None


class ListingChanges(TypedDict, total=False):
    brand: str
    model: str
    reference: str | None
    title: str
    description: str | None
    condition: Condition | None
    year: int | None
    case_material: str | None
    case_diameter_mm: float | None
    bracelet_material: str | None
    dial_color: str | None
    movement: Movement | None
    caliber: str | None
    power_reserve_h: int | None
    water_resistance_m: int | None
    complications: list[str]
    has_box: bool | None
    has_papers: bool | None
    asking_price_eur: float
    vat_regime: VatRegime
    location_country: str | None
    photos: list[Photo]


class Customer(TypedDict):
    id: str
    object: Literal["customer"]
    is_test: bool
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    vat_id: str | None
    address: Address | None
    notes: str | None
    metadata: Metadata
    created_at: str
    updated_at: str


class CustomerInput(TypedDict, total=False):
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    vat_id: str | None
    address: AddressInput | None
    notes: str | None
    metadata: Metadata | None


class OrderCustomerInput(TypedDict, total=False):
    id: str | None
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    vat_id: str | None
    address: AddressInput | None
    notes: str | None
    metadata: Metadata | None


class UpsertedCustomer(TypedDict):
    id: str
    object: Literal["customer"]
    is_test: bool
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    vat_id: str | None
    address: Address | None
    notes: str | None
    metadata: Metadata
    created_at: str
    updated_at: str
    matched_by: MatchedBy | None


class MatchedCustomer(TypedDict):
    id: str
    object: Literal["customer"]
    is_test: bool
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    vat_id: str | None
    address: Address | None
    notes: str | None
    metadata: Metadata
    created_at: str
    updated_at: str
    matched_by: MatchedBy


class TriggerOrderCancelled(TypedDict):
    type: Literal["order.cancelled"]
    data: NotRequired[CancelInput | None]


class PingPayload(TypedDict):
    message: str
    triggered_by: PingTrigger


class TriggerIntegrationTestEvent(TypedDict):
    type: Literal["integration.test_event"]
    data: NotRequired[PingInput | None]


class TriggerOrderFulfilled(TypedDict):
    type: Literal["order.fulfilled"]
    data: NotRequired[TrackingInput | None]


class SignatureCheck(TypedDict):
    object: Literal["signature_check"]
    valid: bool
    cause: SignatureCause
    explanation: str


class EventDelivery(TypedDict):
    id: str
    endpoint_id: str
    state: DeliveryState
    attempts: int
    last_status: int | None
    last_error: str | None
    next_attempt_at: str | None
    completed_at: str | None


class Plan(TypedDict):
    tier: PlanTier
    inventory_limit: int
    price_eur_month: float


class ErrorDetail(TypedDict):
    type: ErrorType
    code: ErrorCode
    message: str
    doc_url: str
    request_id: str
    param: str | None


class TriggerListingPublished(TypedDict):
    type: Literal["listing.published"]
    data: NotRequired[ListingValuesInput | None]


class TriggerListingUnpublished(TypedDict):
    type: Literal["listing.unpublished"]
    data: NotRequired[ListingValuesInput | None]


class TriggerListingUpdated(TypedDict):
    type: Literal["listing.updated"]
    data: NotRequired[ListingValuesInput | None]


class TriggerListingSold(TypedDict):
    type: Literal["listing.sold"]
    data: NotRequired[ListingValuesInput | None]


class TriggerListingInStock(TypedDict):
    type: Literal["listing.in_stock"]
    data: NotRequired[ListingValuesInput | None]


class ListingPage(TypedDict):
    object: Literal["list"]
    data: list[Listing]
    has_more: bool
    next_cursor: str | None


class UpdatedListing(TypedDict):
    id: str
    object: Literal["listing"]
    is_test: bool
    published: bool
    status: ListingStatus
    brand: str
    model: str
    reference: str | None
    title: str
    description: str | None
    condition: Condition | None
    year: int | None
    case_material: str | None
    case_diameter_mm: float | None
    bracelet_material: str | None
    dial_color: str | None
    movement: Movement | None
    caliber: str | None
    power_reserve_h: int | None
    water_resistance_m: int | None
    complications: list[str]
    has_box: bool | None
    has_papers: bool | None
    asking_price_eur: float
    vat_regime: VatRegime
    location_country: str | None
    photos: list[Photo]
    created_at: str
    updated_at: str
    published_at: str | None
    sold_at: str | None
    previous_attributes: ListingChanges


class CustomerPage(TypedDict):
    object: Literal["list"]
    data: list[Customer]
    has_more: bool
    next_cursor: str | None


class Order(TypedDict):
    id: str
    object: Literal["order"]
    is_test: bool
    external_id: str | None
    status: OrderStatus
    origin: OrderOrigin
    customer: Customer
    items: list[OrderItem]
    total_eur: float
    shipping_address: Address | None
    billing_address: Address | None
    note: str | None
    tracking: Tracking | None
    metadata: Metadata
    created_at: str
    updated_at: str
    fulfilled_at: str | None
    cancelled_at: str | None
    cancel_reason: str | None


class BulkCustomersInput(TypedDict):
    customers: list[CustomerInput]


class TriggerCustomerMatched(TypedDict):
    type: Literal["customer.matched"]
    data: NotRequired[CustomerInput | None]


class OrderInput(TypedDict):
    external_id: NotRequired[str | None]
    customer: OrderCustomerInput
    items: list[OrderItemInput]
    shipping_address: NotRequired[AddressInput | None]
    billing_address: NotRequired[AddressInput | None]
    note: NotRequired[str | None]
    metadata: NotRequired[Metadata | None]


class TestOrderInput(TypedDict, total=False):
    external_id: str | None
    customer: OrderCustomerInput | None
    items: list[OrderItemInput] | None
    shipping_address: AddressInput | None
    billing_address: AddressInput | None
    note: str | None
    metadata: Metadata | None


class ListingPublishedEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["listing.published"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: Listing
    deliveries: NotRequired[list[EventDelivery]]


class ListingUnpublishedEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["listing.unpublished"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: Listing
    deliveries: NotRequired[list[EventDelivery]]


class ListingSoldEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["listing.sold"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: Listing
    deliveries: NotRequired[list[EventDelivery]]


class ListingInStockEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["listing.in_stock"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: Listing
    deliveries: NotRequired[list[EventDelivery]]


class CustomerMatchedEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["customer.matched"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: MatchedCustomer
    deliveries: NotRequired[list[EventDelivery]]


class IntegrationTestEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["integration.test_event"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: PingPayload
    deliveries: NotRequired[list[EventDelivery]]


class DueDeliveries(TypedDict):
    object: Literal["list"]
    data: list[EventDelivery]
    has_more: bool


class Dealer(TypedDict):
    id: str
    name: str
    plan: Plan


class BulkRow(TypedDict):
    index: int
    status: BulkRowStatus
    customer: UpsertedCustomer | None
    error: ErrorDetail | None


class ErrorEnvelope(TypedDict):
    error: ErrorDetail


class ListingUpdatedEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["listing.updated"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: UpdatedListing
    deliveries: NotRequired[list[EventDelivery]]


class OrderPage(TypedDict):
    object: Literal["list"]
    data: list[Order]
    has_more: bool
    next_cursor: str | None


class OrderReceivedEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["order.received"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: Order
    deliveries: NotRequired[list[EventDelivery]]


class OrderFulfilledEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["order.fulfilled"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: Order
    deliveries: NotRequired[list[EventDelivery]]


class OrderCancelledEvent(TypedDict):
    id: str
    object: Literal["event"]
    event: Literal["order.cancelled"]
    sequence: int
    api_version: str
    created_at: str
    livemode: bool
    origin: EventOrigin
    request_id: str | None
    data: Order
    deliveries: NotRequired[list[EventDelivery]]


class TriggerOrderReceived(TypedDict):
    type: Literal["order.received"]
    data: NotRequired[TestOrderInput | None]


class Me(TypedDict):
    object: Literal["integration"]
    dealer: Dealer
    mode: KeyMode
    key_prefix: str
    is_enabled: bool
    is_test_mode: bool
    api_version: str
    rate_limit: int
    inventory: InventoryCount
    subscribed_events: list[str]
    webhook: MeWebhook | None


class BulkResult(TypedDict):
    object: Literal["bulk_result"]
    created: int
    matched: int
    failed: int
    results: list[BulkRow]


WebhookEvent: TypeAlias = Union[
    ListingPublishedEvent,
    ListingUnpublishedEvent,
    ListingUpdatedEvent,
    ListingSoldEvent,
    ListingInStockEvent,
    OrderReceivedEvent,
    OrderFulfilledEvent,
    OrderCancelledEvent,
    CustomerMatchedEvent,
    IntegrationTestEvent,
]
TestEventInput: TypeAlias = Union[
    TriggerListingPublished,
    TriggerListingUnpublished,
    TriggerListingUpdated,
    TriggerListingSold,
    TriggerListingInStock,
    TriggerOrderReceived,
    TriggerOrderFulfilled,
    TriggerOrderCancelled,
    TriggerCustomerMatched,
    TriggerIntegrationTestEvent,
]


class TriggeredEvents(TypedDict):
    object: Literal["list"]
    data: list[WebhookEvent]


class EventPage(TypedDict):
    object: Literal["list"]
    data: list[WebhookEvent]
    has_more: bool
    next_cursor: str | None
