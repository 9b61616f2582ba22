"""Delivery mechanics without tables: signing, retry schedule, address guard (SSRF protection) and sending."""
