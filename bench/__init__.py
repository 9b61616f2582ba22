"""Benchmarks: the hub compared with a baseline measured in the same run. `python -m bench [name …]`

A hub with the default settings in a temporary folder (or on WTH_DATABASE_URL and WTH_QUEUE_URL if they are set):
SQLite with synchronous=FULL, one web process, one worker with 32 threads. The exit status is 1 if fairness, isolation,
onset or startup miss their bound; the other benchmarks have none.
"""
