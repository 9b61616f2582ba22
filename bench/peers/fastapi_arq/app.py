"""The API on FastAPI. `DATABASE=copy.db SYNCHRONOUS=NORMAL REDIS_PORT=6390 uvicorn bench.peers.fastapi_arq.app:app`"""

import base64
import hmac
import json
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from arq import create_pool
from arq.connections import RedisSettings
from fastapi import BackgroundTasks, Body, Depends, FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from bench.peers.fastapi_arq.database import ReadSession, WriteSession, api_key, dealer, integration, listing
from bench.peers.fastapi_arq.orders import place_once
from bench.peers.fastapi_arq.outbox import Caller
from bench.peers.fastapi_arq.schemas import ListingPageOut, OrderBody
from bench.peers.values import sha256

CURSOR_KEY = secrets.token_bytes(32)
limiter = FixedWindowRateLimiter(MemoryStorage())


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.queue = await create_pool(RedisSettings(port=int(os.environ["REDIS_PORT"])))
    yield
    await app.state.queue.aclose()


app = FastAPI(lifespan=lifespan)
Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]
IdempotencyKey = Annotated[str, Header(min_length=1, max_length=255)]
Limit = Annotated[int, Query(ge=1, le=100)]
FIND_CALLER = (
    select(api_key.dealer_id, api_key.is_test, integration.rate_limit, integration.api_version)
    .add_columns(integration.is_enabled, dealer.tier)
    .join(integration, integration.dealer_id == api_key.dealer_id)
    .join(dealer, dealer.id == api_key.dealer_id)
)


def authenticate(session: Session, credentials: HTTPAuthorizationCredentials, response: Response) -> Caller:
    """Find the caller, take a token of its rate limit, and set the headers of the response."""
    row = session.execute(FIND_CALLER.where(api_key.hash == sha256(credentials.credentials))).first()
    if row is None:
        raise HTTPException(401, "invalid_api_key")
    if row.tier != "business" or not row.is_enabled:
        raise HTTPException(403, "integration_disabled")
    caller = Caller(row.dealer_id, row.is_test, row.rate_limit, row.api_version, f"req_{secrets.token_hex(16)}")
    response.headers["X-Request-Id"], response.headers["X-API-Version"] = caller.request_id, caller.api_version
    take_token(caller, response)
    return caller


def take_token(caller: Caller, response: Response) -> None:
    item = RateLimitItemPerMinute(caller.rate_limit)
    is_allowed = limiter.hit(item, caller.dealer_id)
    reset_at, remaining = limiter.get_window_stats(item, caller.dealer_id)
    response.headers["X-RateLimit-Limit"] = str(caller.rate_limit)
    response.headers["X-RateLimit-Remaining"] = str(remaining)
    response.headers["X-RateLimit-Reset"] = str(int(reset_at - time.time()))
    if not is_allowed:
        raise HTTPException(429, "too_many_requests")


@app.get("/api/v1/listings", response_model=ListingPageOut)
def list_listings(
    credentials: Credentials, response: Response, limit: Limit = 25, after: str | None = None
) -> dict[str, Any]:
    with ReadSession() as session:
        caller = authenticate(session, credentials, response)
        query = select(listing).where(
            listing.dealer_id == caller.dealer_id, listing.is_test == caller.is_test, listing.is_published
        )
        if after is not None:
            query = query.where(tuple_(listing.created_at, listing.id) < decode_cursor(after))
        query = query.order_by(listing.created_at.desc(), listing.id.desc()).limit(limit + 1)
        rows = session.scalars(query).all()
    has_more = len(rows) > limit
    cursor = encode_cursor(rows[limit - 1]) if has_more else None
    return {"data": rows[:limit], "has_more": has_more, "next_cursor": cursor}


def encode_cursor(row: Any) -> str:
    payload = json.dumps([row.created_at, row.id]).encode()
    return base64.urlsafe_b64encode(hmac.digest(CURSOR_KEY, payload, "sha256")[:16] + payload).decode()


def decode_cursor(cursor: str) -> tuple[int, str]:
    raw = base64.urlsafe_b64decode(cursor)
    signature, payload = raw[:16], raw[16:]
    if not hmac.compare_digest(signature, hmac.digest(CURSOR_KEY, payload, "sha256")[:16]):
        raise HTTPException(400, "invalid_cursor")
    at, listing_id = json.loads(payload)
    return at, listing_id


@app.post("/api/v1/orders")
def create_order(
    request: Request,
    credentials: Credentials,
    idempotency_key: IdempotencyKey,
    order: Annotated[OrderBody, Body()],
    background: BackgroundTasks,
) -> Response:
    response = Response(media_type="application/json")
    with WriteSession.begin() as session:
        caller = authenticate(session, credentials, response)
        placed = place_once(session, caller, idempotency_key, request._body, order)  # FastAPI has read it already
    for delivery_id in placed.delivery_ids:
        background.add_task(request.app.state.queue.enqueue_job, "deliver", delivery_id)
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(placed.body, placed.status, headers, background=background)
