"""Delivery mechanics: signing, retry schedule, SSRF protection, sending.

Nothing here knows tables or the queue.
"""
