"""Benchmarks: ratios against floors, each measured in one run. `python -m bench [name …]`

A hub in a folder of its own (or on WTH_DATABASE_URL and WTH_QUEUE_URL when they are set), as it is installed:
SQLite with synchronous=FULL, one web process, one worker with 32 threads.
"""
