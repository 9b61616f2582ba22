"""Transactional outbox: events, deliveries, claims, attempts, results, endpoints."""
