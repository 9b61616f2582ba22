"""Customers: matched by external id, e-mail or phone, so that one person is one record."""

from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import peewee
import phonenumbers

from errors import Invalid, NotFound, Refusal
from models.base import JsonText, Row, new_id
from models.clock import format_rfc3339
from models.cursor import ListPage
from models.dealer import Actor, Dealer
from models.delivery.event import Event
from models.keyset import KeysetQuery
from spec import types
from spec.document import read_document

IDENTIFIERS: tuple[types.MatchedBy, ...] = ("external_id", "email", "phone")
PERSONAL_FIELDS = ("external_id", "email", "phone", "first_name", "last_name", "company", "vat_id", "address", "notes")
ADDRESS = ("line1", "line2", "city", "postal_code", "region", "country")


class Customer(Row):
    """A buyer. `claimed_at` is when the integration first wrote or matched the record."""

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    external_id = peewee.TextField(null=True)
    email = peewee.TextField(null=True)
    email_folded = peewee.TextField(null=True)
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

    # finders

    @classmethod
    def of(cls, actor: Actor) -> "peewee.ModelSelect[Self]":
        return cls.select().where(cls.dealer == actor.dealer, cls.is_test == actor.is_test)

    @classmethod
    def find(cls, actor: Actor, customer_id: str, *, param: str | None = None) -> Self:
        customer = cls.of(actor).where(cls.id == customer_id).first()
        if customer is None:
            raise NotFound("customer", param=param)
        return cast("Self", customer)

    @classmethod
    def page(
        cls, actor: Actor, filters: Mapping[str, Any], *, after: str | None, limit: int, since: int | None
    ) -> ListPage:
        """Filters: email, external_id."""
        folded = {**filters, "email": filters["email"] and filters["email"].casefold()}
        return LIST_QUERY.page(actor, folded, after=after, limit=limit, since=since, shape=_shapes)

    # verbs

    @classmethod
    def upsert(cls, actor: Actor, given: Mapping[str, Any], *, at: str = "$") -> tuple[Self, types.MatchedBy | None]:
        """The customer that `given` names, merged or new, and what it was matched on (None: new).

        `at` is the JSON path of `given` in the body. Raises `validation_failed`, `customer_ambiguous`.
        """
        values = _clean(actor, given, at)
        with actor.dealer.locked() as instant:
            matched = cls._matches(actor, values)
            if len({customer.id for _, customer in matched}) > 1:
                raise _ambiguous(matched, at)
            if not matched:
                return cls._create(actor, values, instant), None
            matched_on, customer = matched[0]
            customer._refuse_too_much(values, at)
            customer._merge(values, instant)
            customer._claim(actor, matched_on, instant)
            return customer, matched_on

    def change(self, actor: Actor, given: Mapping[str, Any]) -> Self:
        """Writes all given fields, null ones too. Raises `validation_failed`, and `customer_ambiguous` when another
        record has one of the identifiers."""
        values = _clean(actor, given, "$")
        with actor.dealer.locked() as at:
            customer = Customer.find(actor, self.id)
            for name, other in self._matches(actor, values):
                if other.id != customer.id:
                    raise Refusal(
                        "customer_ambiguous", "Another client has this already; open that one instead.", param=name
                    )
            customer._merge(values, at)
            return cast("Self", customer)

    @classmethod
    def _matches(cls, actor: Actor, values: Mapping[str, Any]) -> list[tuple[types.MatchedBy, Self]]:
        columns = {"external_id": cls.external_id, "email": cls.email_folded, "phone": cls.phone}
        found: list[tuple[types.MatchedBy, Self]] = []
        for name in IDENTIFIERS:
            if values.get(name) is not None:
                wanted = values["email_folded"] if name == "email" else values[name]
                rows = cls.of(actor).where(columns[name] == wanted).limit(2)
                found.extend((name, row) for row in rows)
        return found

    @classmethod
    def _create(cls, actor: Actor, values: Mapping[str, Any], at: int) -> Self:
        claimed_at = at if actor.origin == "api" else None
        defaults: dict[str, Any] = {"metadata": {}, "claimed_at": claimed_at, "created_at": at, "updated_at": at}
        scope = {"id": new_id("cus"), "dealer": actor.dealer, "is_test": actor.is_test}
        return cls.create(**{**scope, **defaults, **values})

    def _refuse_too_much(self, values: Mapping[str, Any], at: str) -> None:
        most: int = read_document()["components"]["schemas"]["Metadata"]["maxProperties"]
        if len({**self.metadata, **values.get("metadata", {})}) > most:
            message = f"Together with what is there already this is more than {most} entries."
            raise Invalid(message, param=f"{at}.metadata")

    def _merge(self, values: Mapping[str, Any], at: int) -> None:
        merged = {**values, "metadata": {**self.metadata, **values.get("metadata", {})}}
        changed = {name: value for name, value in merged.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self.updated_at = at
            self.save()

    def _claim(self, actor: Actor, matched_on: str, at: int) -> None:
        if actor.origin == "api" and self.claimed_at is None:
            self.claimed_at = at
            self.save()
            Event.record(actor, "customer.matched", {**self.to_dict(), "matched_by": matched_on})

    def to_dict(self) -> types.Customer:
        return shape(self.columns())


def shape(row: Mapping[str, Any]) -> types.Customer:
    """The public customer of a row."""
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


def whole_address(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """All six parts, absent ones as null."""
    return None if given is None else {part: given.get(part) for part in ADDRESS}


def _shapes(rows: Sequence[Mapping[str, Any]]) -> list[types.Customer]:
    return [shape(row) for row in rows]


def _clean(actor: Actor, given: Mapping[str, Any], at: str) -> dict[str, Any]:
    if all(given.get(name) is None for name in IDENTIFIERS):
        raise Invalid("Give at least one of external_id, email and phone.", param=at)
    values = dict(given)
    if "email" in values:
        values["email_folded"] = values["email"].casefold() if values["email"] is not None else None
    if values.get("phone") is not None:
        values["phone"] = e164(values["phone"], actor.dealer.country, param=f"{at}.phone")
    if "address" in values:
        values["address"] = whole_address(values["address"])
    if values.get("metadata", {}) is None:
        del values["metadata"]
    return values


def e164(text: str, country: str, *, param: str) -> str:
    """`0888 123 456` of a Bulgarian dealer → `+359888123456` (ITU-T E.164). Raises `validation_failed`."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise _no_phone(param) from None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise _no_phone(param)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _no_phone(param: str) -> Invalid:
    return Invalid("This is not a phone number; write it with its country code, such as +359 88 812 3456.", param=param)


def _ambiguous(matched: Sequence[tuple[str, Customer]], at: str) -> Refusal:
    named = ", ".join(dict.fromkeys(name for name, _ in matched))
    return Refusal(
        "customer_ambiguous",
        f"The given {named} belong to different customers; merge them in the dashboard or give only one.",
        param=at,
    )


LIST_QUERY = KeysetQuery(Customer, filters={"email": "email_folded = {}", "external_id": "external_id = {}"})
