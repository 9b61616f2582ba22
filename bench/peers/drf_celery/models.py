"""Unmanaged models over the tables of the hub. `inspectdb` wrote most of them."""

from django.db import models


class HubTable(models.Model):
    """Base of the tables, which Django does not manage."""

    class Meta:
        abstract = True
        managed = False
        app_label = "drf_celery"


class Account(HubTable):
    id = models.TextField(primary_key=True)
    tier = models.TextField()
    written_at = models.BigIntegerField()
    test_sequence = models.BigIntegerField()
    live_sequence = models.BigIntegerField()
    written_day = models.BigIntegerField()
    written_bytes = models.BigIntegerField()

    class Meta(HubTable.Meta):
        db_table = "dealer"


class Channel(HubTable):
    account = models.OneToOneField(Account, models.DO_NOTHING, primary_key=True, db_column="dealer_id")
    is_enabled = models.BooleanField()
    is_test_mode = models.BooleanField()
    api_version = models.TextField()
    rate_limit = models.IntegerField()

    class Meta(HubTable.Meta):
        db_table = "integration"


class Key(HubTable):
    id = models.TextField(primary_key=True)
    account = models.ForeignKey(Account, models.DO_NOTHING, db_column="dealer_id")
    is_test = models.BooleanField()
    hash = models.TextField()

    class Meta(HubTable.Meta):
        db_table = "api_key"


class Watch(HubTable):
    id = models.TextField(primary_key=True)
    dealer_id = models.TextField()
    is_test = models.BooleanField()
    is_published = models.BooleanField()
    status = models.TextField()
    brand = models.TextField()
    model = models.TextField()
    reference = models.TextField(null=True)
    title = models.TextField()
    description = models.TextField(null=True)
    condition = models.TextField(null=True)
    year = models.IntegerField(null=True)
    case_material = models.TextField(null=True)
    case_diameter_mm = models.FloatField(null=True)
    bracelet_material = models.TextField(null=True)
    dial_color = models.TextField(null=True)
    movement = models.TextField(null=True)
    caliber = models.TextField(null=True)
    power_reserve_h = models.IntegerField(null=True)
    water_resistance_m = models.IntegerField(null=True)
    complications = models.JSONField()
    has_box = models.BooleanField(null=True)
    has_papers = models.BooleanField(null=True)
    asking_price_cents = models.BigIntegerField()
    vat_regime = models.TextField()
    location_country = models.TextField(null=True)
    photos = models.JSONField()
    held_by = models.TextField(null=True)
    created_at = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    published_at = models.BigIntegerField(null=True)
    sold_at = models.BigIntegerField(null=True)

    class Meta(HubTable.Meta):
        db_table = "listing"


class Buyer(HubTable):
    id = models.TextField(primary_key=True)
    dealer_id = models.TextField()
    is_test = models.BooleanField()
    external_id = models.TextField(null=True)
    email = models.TextField(null=True)
    email_folded = models.TextField(null=True)
    phone = models.TextField(null=True)
    first_name = models.TextField(null=True)
    last_name = models.TextField(null=True)
    company = models.TextField(null=True)
    vat_id = models.TextField(null=True)
    address = models.JSONField(null=True)
    notes = models.TextField(null=True)
    metadata = models.JSONField()
    claimed_at = models.BigIntegerField(null=True)
    created_at = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    search_text = models.TextField(null=True)

    class Meta(HubTable.Meta):
        db_table = "customer"


class Sale(HubTable):
    id = models.TextField(primary_key=True)
    dealer_id = models.TextField()
    is_test = models.BooleanField()
    external_id = models.TextField(null=True)
    status = models.TextField()
    origin = models.TextField()
    customer = models.ForeignKey(Buyer, models.DO_NOTHING)
    total_cents = models.BigIntegerField()
    shipping_address = models.JSONField(null=True)
    billing_address = models.JSONField(null=True)
    note = models.TextField(null=True)
    tracking = models.JSONField(null=True)
    metadata = models.JSONField()
    created_at = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    fulfilled_at = models.BigIntegerField(null=True)
    cancelled_at = models.BigIntegerField(null=True)
    cancel_reason = models.TextField(null=True)
    search_text = models.TextField(null=True)

    class Meta(HubTable.Meta):
        db_table = "sales_order"


class SaleItem(HubTable):
    pk = models.CompositePrimaryKey("sale_id", "position")
    sale = models.ForeignKey(Sale, models.DO_NOTHING, db_column="order_id", related_name="items")
    position = models.IntegerField()
    listing_id = models.TextField()
    brand = models.TextField()
    model = models.TextField()
    reference = models.TextField(null=True)
    price_cents = models.BigIntegerField()
    search_text = models.TextField(null=True)

    class Meta(HubTable.Meta):
        db_table = "order_item"


class StoredResponse(HubTable):
    digest = models.TextField(primary_key=True)
    dealer_id = models.TextField()
    body_hash = models.TextField()
    status = models.IntegerField()
    body = models.TextField()
    request_id = models.TextField()
    created_at = models.BigIntegerField()

    class Meta(HubTable.Meta):
        db_table = "idempotency_record"
