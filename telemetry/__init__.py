"""Telemetry: what log lines and traces know about the current request or attempt.

Every layer may import it. Nothing here imports a library: the processes set up logs and traces.
"""
