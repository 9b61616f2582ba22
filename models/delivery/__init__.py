"""Transactional outbox: events, the deliveries that carry them to endpoints, attempts, claims and results."""
