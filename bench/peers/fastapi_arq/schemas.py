"""Requests and responses of the API."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bench.peers.values import format_time

Time = Annotated[str | None, BeforeValidator(format_time)]
Euro = Annotated[float, BeforeValidator(lambda cents: cents / 100)]


class Representation(BaseModel):
    """Base of the responses: they are read from rows."""

    model_config = ConfigDict(from_attributes=True)


class ListingOut(Representation):
    id: str
    object: str = "listing"
    is_test: bool
    published: bool = Field(validation_alias="is_published")
    status: str
    brand: str
    model: str
    reference: str | None
    title: str
    description: str | None
    condition: str | None
    year: int | None
    case_material: str | None
    case_diameter_mm: float | None
    bracelet_material: str | None
    dial_color: str | None
    movement: str | None
    caliber: str | None
    power_reserve_h: int | None
    water_resistance_m: int | None
    complications: list[str]
    has_box: bool | None
    has_papers: bool | None
    asking_price_eur: Euro = Field(validation_alias="asking_price_cents")
    vat_regime: str
    location_country: str | None
    photos: list[dict[str, Any]]
    created_at: Time
    updated_at: Time
    published_at: Time
    sold_at: Time


class ListingPageOut(Representation):
    object: str = "list"
    data: list[ListingOut]
    has_more: bool
    next_cursor: str | None


class CustomerOut(Representation):
    id: str
    object: str = "customer"
    is_test: bool
    external_id: str | None
    email: str | None
    phone: str | None
    first_name: str | None
    last_name: str | None
    company: str | None
    vat_id: str | None
    address: dict[str, Any] | None
    notes: str | None
    metadata: dict[str, str] = Field(validation_alias="custom")
    created_at: Time
    updated_at: Time


class OrderItemOut(Representation):
    listing_id: str
    brand: str
    model: str
    reference: str | None
    price_eur: Euro = Field(validation_alias="price_cents")


class OrderOut(Representation):
    id: str
    object: str = "order"
    is_test: bool
    external_id: str | None
    status: str
    origin: str
    customer: CustomerOut
    items: list[OrderItemOut]
    total_eur: Euro = Field(validation_alias="total_cents")
    shipping_address: dict[str, Any] | None
    billing_address: dict[str, Any] | None
    note: str | None
    tracking: dict[str, Any] | None
    metadata: dict[str, str] = Field(validation_alias="custom")
    created_at: Time
    updated_at: Time
    fulfilled_at: Time
    cancelled_at: Time
    cancel_reason: str | None


class OrderItemBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    listing_id: str = Field(max_length=255)


class CustomerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")


class OrderBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    items: list[OrderItemBody] = Field(min_length=1, max_length=20)
    customer: CustomerBody
    note: str | None = Field(None, max_length=5000)
