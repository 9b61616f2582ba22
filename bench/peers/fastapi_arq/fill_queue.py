"""Enqueues a job for every delivery that is not complete."""

import asyncio

from arq import create_pool
from sqlalchemy import select

from bench.peers.fastapi_arq.database import ReadSession, delivery
from bench.peers.fastapi_arq.worker import WorkerSettings


async def fill_queue() -> None:
    queue = await create_pool(WorkerSettings.redis_settings)
    with ReadSession() as session:
        open_ones = select(delivery.id).where(delivery.completed_at.is_(None)).order_by(delivery.sequence)
        for delivery_id in session.scalars(open_ones):
            await queue.enqueue_job("deliver", delivery_id)
    await queue.aclose()


if __name__ == "__main__":
    asyncio.run(fill_queue())
