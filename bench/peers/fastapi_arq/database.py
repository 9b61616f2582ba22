"""The copy of a hub's database: an engine, and tables that are reflected from it."""

import json
import os
from functools import partial
from typing import Any

from sqlalchemy import JSON, Column, Engine, Table, create_engine, event
from sqlalchemy.orm import DeclarativeBase, sessionmaker

engine = create_engine(
    f"sqlite:///{os.environ['DATABASE']}",
    pool_size=20,
    max_overflow=20,
    connect_args={"timeout": 30},
    json_serializer=partial(json.dumps, separators=(",", ":")),
)


@event.listens_for(engine, "connect")
def configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # begin() below starts the transactions
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {os.environ['SYNCHRONOUS']}")
    connection.execute("PRAGMA foreign_keys = ON")


@event.listens_for(Engine, "begin")
def begin(connection: Any) -> None:
    is_writer = connection.get_execution_options().get("is_writer")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


class Base(DeclarativeBase):
    """Base of the mapped tables."""


def reflect(name: str, *json_columns: str) -> Table:
    return Table(name, Base.metadata, *(Column(column, JSON) for column in json_columns), autoload_with=engine)


# ruff: noqa: N801 - the names of the hub's tables, so that they do not repeat the names of its classes


class dealer(Base):
    __table__ = reflect("dealer")


class integration(Base):
    __table__ = reflect("integration")


class api_key(Base):
    __table__ = reflect("api_key")


class listing(Base):
    __table__ = reflect("listing", "complications", "photos")


class customer(Base):
    """`metadata` is a name of SQLAlchemy's."""

    __table__ = reflect("customer", "address", "metadata")
    __mapper_args__ = {"properties": {"custom": __table__.c.metadata}}


class sales_order(Base):
    __table__ = reflect("sales_order", "metadata")
    __mapper_args__ = {"properties": {"custom": __table__.c.metadata}}


class order_item(Base):
    __table__ = reflect("order_item")


class endpoint(Base):
    __table__ = reflect("endpoint", "events")


class event_row(Base):
    __table__ = reflect("event")


class delivery(Base):
    __table__ = reflect("delivery")


class attempt(Base):
    __table__ = reflect("attempt", "request_headers", "response_headers")


class idempotency_record(Base):
    __table__ = reflect("idempotency_record")


ReadSession = sessionmaker(engine, expire_on_commit=False)
WriteSession = sessionmaker(engine.execution_options(is_writer=True), expire_on_commit=False)
