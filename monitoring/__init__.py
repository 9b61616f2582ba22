"""Monitoring: probes, logs, metrics and traces.

It stands beside the entry points, because it looks at web, queue and worker at once.
"""
