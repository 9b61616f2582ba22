"""Serializers: requests and responses of the API."""

from typing import Any

from rest_framework import serializers

from bench.peers.drf_celery.models import Buyer, Sale, SaleItem, Watch
from bench.peers.values import format_time


class TimeField(serializers.Field):
    def to_representation(self, value: int) -> str | None:
        return format_time(value)


class EuroField(serializers.Field):
    def to_representation(self, value: int) -> float:
        return value / 100


class ObjectField(serializers.ReadOnlyField):
    """The name of the kind of object."""

    def __init__(self, name: str) -> None:
        super().__init__(source="*")
        self.kind = name

    def to_representation(self, value: Any) -> str:
        return self.kind


class WatchSerializer(serializers.ModelSerializer):
    object = ObjectField("listing")
    published = serializers.BooleanField(source="is_published")
    asking_price_eur = EuroField(source="asking_price_cents")
    created_at = TimeField()
    updated_at = TimeField()
    published_at = TimeField()
    sold_at = TimeField()

    class Meta:
        model = Watch
        fields = (
            "id", "object", "is_test", "published", "status", "brand", "model", "reference", "title", "description",
            "condition", "year", "case_material", "case_diameter_mm", "bracelet_material", "dial_color", "movement",
            "caliber", "power_reserve_h", "water_resistance_m", "complications", "has_box", "has_papers",
            "asking_price_eur", "vat_regime", "location_country", "photos", "created_at", "updated_at",
            "published_at", "sold_at",
        )  # fmt: skip
        read_only_fields = fields


class BuyerSerializer(serializers.ModelSerializer):
    object = ObjectField("customer")
    created_at = TimeField()
    updated_at = TimeField()

    class Meta:
        model = Buyer
        fields = (
            "id", "object", "is_test", "external_id", "email", "phone", "first_name", "last_name", "company", "vat_id",
            "address", "notes", "metadata", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class SaleItemSerializer(serializers.ModelSerializer):
    price_eur = EuroField(source="price_cents")

    class Meta:
        model = SaleItem
        fields = ("listing_id", "brand", "model", "reference", "price_eur")
        read_only_fields = fields


class SaleSerializer(serializers.ModelSerializer):
    """Read an order with its customer; `context["items"]` has its items."""

    object = ObjectField("order")
    customer = BuyerSerializer()
    items = serializers.SerializerMethodField()
    total_eur = EuroField(source="total_cents")
    created_at = TimeField()
    updated_at = TimeField()
    fulfilled_at = TimeField()
    cancelled_at = TimeField()

    class Meta:
        model = Sale
        fields = (
            "id", "object", "is_test", "external_id", "status", "origin", "customer", "items", "total_eur",
            "shipping_address", "billing_address", "note", "tracking", "metadata", "created_at", "updated_at",
            "fulfilled_at", "cancelled_at", "cancel_reason",
        )  # fmt: skip
        read_only_fields = fields

    def get_items(self, _: Sale) -> Any:
        return SaleItemSerializer(self.context["items"], many=True).data


class SaleItemInput(serializers.Serializer):
    listing_id = serializers.CharField(max_length=255)


class BuyerInput(serializers.Serializer):
    email = serializers.RegexField(r"^[^@\s]+@[^@\s]+$", max_length=254)


class SaleInput(serializers.Serializer):
    items = SaleItemInput(many=True, allow_empty=False, max_length=20)
    customer = BuyerInput()
    note = serializers.CharField(max_length=5000, required=False, allow_null=True)
