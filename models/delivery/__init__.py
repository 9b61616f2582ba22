"""Transactional outbox: events and their deliveries, the claims, attempts and results of those, and endpoints."""
