"""Monitoring: probes for load balancers, logs, and metrics for Prometheus.

It stands beside the entry points, because it looks at web, queue and worker at once.
"""
