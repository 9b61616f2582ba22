"""The API request log: what each request asked for, and what the hub replied.

Web processes write it in batches: one row has the requests of a dealer and mode within a second, as JSON. A row for
each request would cost several times as much CPU time. People read the log rarely, and a page decodes only the newest
requests of its period.
"""
