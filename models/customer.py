"""Customers, matched by external id, email address or phone number."""

from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import peewee
import phonenumbers

from errors import Invalid, Refusal
from models.base import JsonText, insert_rows, new_id
from models.clock import format_rfc3339
from models.compared_text import CopiedText, SearchText
from models.cursor import ListPage
from models.dealer import Actor
from models.delivery.event import Event
from models.keyset import KeysetQuery
from models.scoped import ScopedRow
from models.statement import row_statement
from spec import types
from spec.characters import fold_text, normalize_text
from spec.document import read_document

IDENTIFIERS: tuple[types.MatchedBy, ...] = ("external_id", "email", "phone")
PERSONAL_FIELDS = ("external_id", "email", "phone", "first_name", "last_name", "company", "vat_id", "address", "notes")
ADDRESS_FIELDS = ("line1", "line2", "city", "postal_code", "region", "country")


class Customer(ScopedRow):
    """A buyer. `claimed_at` is when the API first created or matched the record."""

    external_id = peewee.TextField(null=True)
    email = peewee.TextField(null=True)
    email_folded = CopiedText("email", fold_text)
    phone = peewee.TextField(null=True)
    first_name = peewee.TextField(null=True)
    last_name = peewee.TextField(null=True)
    company = peewee.TextField(null=True)
    vat_id = peewee.TextField(null=True)
    address = JsonText(null=True)
    notes = peewee.TextField(null=True)
    metadata = JsonText()
    claimed_at = peewee.BigIntegerField(null=True)
    created_at = peewee.BigIntegerField()
    updated_at = peewee.BigIntegerField()
    external_id_normalized = CopiedText("external_id", normalize_text)
    search_text = SearchText("id", "external_id", "email", "phone", ("first_name", "last_name"), "company")

    # Queries

    @classmethod
    def page(
        cls, actor: Actor, filters: Mapping[str, Any], *, after: str | None, limit: int, since: int | None
    ) -> ListPage:
        """Return one page of the API's list; `since` is in ms.

        Filters: `email` (str, case-insensitive), `external_id` (str); None matches all.
        """
        return LIST_QUERY.page(actor, filters, after=after, limit=limit, since=since, serialize=serialize_customers)

    # Changes

    @classmethod
    def upsert(cls, actor: Actor, fields: Mapping[str, Any], *, path: str = "$") -> tuple[Self, types.MatchedBy | None]:
        """Create a customer, or merge `fields` into the one that an identifier matches.

        `path` is the JSON path of `fields` in the request body. Returns the customer and the identifier that
        matched, None for a new one. Raises `validation_failed`, `customer_ambiguous`.
        """
        values = _normalize(actor, fields, path)
        with actor.dealer.locked() as at:
            matches = cls._find_matches(actor, values)
            if len({customer.id for _, customer in matches}) > 1:
                raise _ambiguous(matches, path)
            if not matches:
                return cls._create(actor, values, at), None
            matched_by, customer = matches[0]
            customer._validate_metadata_size(values, path)
            customer._merge(values, at)
            customer._claim(actor, matched_by, at)
            return customer, matched_by

    def change(self, actor: Actor, fields: Mapping[str, Any]) -> Self:
        """Write all fields of `fields`, including those that are None.

        Raises `validation_failed`, and `customer_ambiguous` if another customer has one of the identifiers.
        """
        values = _normalize(actor, fields, "$")
        with actor.dealer.locked() as at:
            customer = Customer.find(actor, self.id)
            for name, other in self._find_matches(actor, values):
                if other.id != customer.id:
                    message = "Another client already has this value. Open that client instead."
                    raise Refusal("customer_ambiguous", message, param=name)
            customer._merge(values, at)
            return cast("Self", customer)

    @classmethod
    def _find_matches(cls, actor: Actor, values: Mapping[str, Any]) -> list[tuple[types.MatchedBy, Self]]:
        matches: list[tuple[types.MatchedBy, Self]] = []
        for name in IDENTIFIERS:
            if values.get(name) is not None:
                matches.extend((name, row) for row in cls._find_by(actor, name, values[name]))
        return matches

    @classmethod
    def _find_by(cls, actor: Actor, name: types.MatchedBy, value: str) -> list[Self]:
        """Return the customers with an identifier, two at most."""
        scope: dict[str, Any] = {"dealer": actor.dealer.id, "is_test": actor.is_test}
        if name == "email":
            rows = FIND_BY_EMAIL.fetch_all(**scope, email=fold_text(value))
        elif name == "phone":
            rows = FIND_BY_PHONE.fetch_all(**scope, phone=value)
        else:
            rows = FIND_BY_EXTERNAL_ID.fetch_all(**scope, external_id=value, normalized=normalize_text(value))
            rows = rows[:1] if rows and rows[0].external_id == value else rows
        return cast("list[Self]", rows)

    @classmethod
    def _create(cls, actor: Actor, values: Mapping[str, Any], at: int) -> Self:
        claimed_at = at if actor.origin == "api" else None
        defaults: dict[str, Any] = {"metadata": {}, "claimed_at": claimed_at, "created_at": at, "updated_at": at}
        scope = {"id": new_id("cus"), "dealer": actor.dealer.id, "is_test": actor.is_test}
        customer = cls.of_values({**scope, **defaults, **values})
        insert_rows([customer])
        return customer

    def _validate_metadata_size(self, values: Mapping[str, Any], path: str) -> None:
        maximum: int = read_document()["components"]["schemas"]["Metadata"]["maxProperties"]
        if len({**self.metadata, **values.get("metadata", {})}) > maximum:
            message = f"Merged with the existing metadata, this is more than {maximum} entries. Send fewer new ones."
            raise Invalid(message, param=f"{path}.metadata")

    def _merge(self, values: Mapping[str, Any], at: int) -> None:
        merged = {**values, "metadata": {**self.metadata, **values.get("metadata", {})}}
        changed = {name: value for name, value in merged.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self.updated_at = at
            self.save()

    def _claim(self, actor: Actor, matched_by: str, at: int) -> None:
        if actor.origin == "api" and self.claimed_at is None:
            self.claimed_at = at
            self.save()
            Event.record(actor, "customer.matched", {**self.to_dict(), "matched_by": matched_by})

    def to_dict(self) -> types.Customer:
        return serialize_customer(self.columns())


def serialize_customer(row: Mapping[str, Any]) -> types.Customer:
    """Return the Customer of the API."""
    return {
        "id": row["id"],
        "object": "customer",
        "is_test": row["is_test"],
        "external_id": row["external_id"],
        "email": row["email"],
        "phone": row["phone"],
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "company": row["company"],
        "vat_id": row["vat_id"],
        "address": row["address"],
        "notes": row["notes"],
        "metadata": row["metadata"],
        "created_at": format_rfc3339(row["created_at"]),
        "updated_at": format_rfc3339(row["updated_at"]),
    }


def complete_address(address: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return an address with all six fields; absent ones are None."""
    return None if address is None else {name: address.get(name) for name in ADDRESS_FIELDS}


def serialize_customers(rows: Sequence[Mapping[str, Any]]) -> list[types.Customer]:
    return [serialize_customer(row) for row in rows]


def _normalize(actor: Actor, fields: Mapping[str, Any], path: str) -> dict[str, Any]:
    if all(fields.get(name) is None for name in IDENTIFIERS):
        raise Invalid("Send at least one of external_id, email and phone.", param=path)
    values = dict(fields)
    if values.get("phone") is not None:
        values["phone"] = format_e164(values["phone"], actor.dealer.country, param=f"{path}.phone")
    if "address" in values:
        values["address"] = complete_address(values["address"])
    if values.get("metadata", {}) is None:
        del values["metadata"]
    return values


def format_e164(text: str, country: str, *, param: str) -> str:
    """Format a phone number as ITU-T E.164: `0888 123 456` in `BG` → `+359888123456`.

    Raises `validation_failed`.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise _invalid_phone(param) from None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise _invalid_phone(param)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _invalid_phone(param: str) -> Invalid:
    return Invalid("This is not a phone number. Write it with its country code, such as +359 88 812 3456.", param=param)


def _ambiguous(matches: Sequence[tuple[str, Customer]], path: str) -> Refusal:
    names = ", ".join(dict.fromkeys(name for name, _ in matches))
    return Refusal(
        "customer_ambiguous",
        f"The values of {names} belong to different customers. Send only those of one customer.",
        param=path,
    )


def _select(dealer: Any, is_test: Any, condition: Any) -> Any:
    return Customer.select().where(Customer.dealer == dealer, Customer.is_test == is_test, condition)


def _select_by_external_id(dealer: Any, is_test: Any, external_id: Any, normalized: Any) -> Any:
    """Select the customers with an external id, those of the same spelling first.

    Earlier releases accepted two spellings of one external id as two customers. Rows that the previous release writes
    while it still runs beside this one have no normalized external id yet.
    """
    equal = _select(dealer, is_test, Customer.external_id_normalized == normalized).select(Customer.id)
    same = _select(dealer, is_test, Customer.external_id == external_id).select(Customer.id)
    rank = peewee.Case(None, [(Customer.external_id == external_id, 0)], 1)
    return Customer.select().where(Customer.id.in_(equal | same)).order_by(rank).limit(2)


FIND_BY_EMAIL = row_statement(
    Customer, lambda dealer, is_test, email: _select(dealer, is_test, Customer.email_folded == email).limit(2)
)
FIND_BY_PHONE = row_statement(
    Customer, lambda dealer, is_test, phone: _select(dealer, is_test, Customer.phone == phone).limit(2)
)
FIND_BY_EXTERNAL_ID = row_statement(Customer, _select_by_external_id)
LIST_QUERY = KeysetQuery(
    Customer,
    conditions={"email": "email_folded = {}", "external_id": "external_id_normalized = {}"},
    to_compared={"email": fold_text, "external_id": normalize_text},
)
