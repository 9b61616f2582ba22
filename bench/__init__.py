"""Benchmarks: the hub beside peers that do the same work, and floors. `python -m bench [--quick] [NAME …]`

Each measures the hub and what it is compared with in one run, in turn. The hub has a temporary data folder and SQLite;
the benchmarks without peers also run on WTH_DATABASE_URL and WTH_QUEUE_URL. The exit status is 1 if a figure misses its
minimum, a peer does other work than the hub, or a ratio is worse than in the previous results.

`contenders` has the programs, `peers` their sources, `operations` and `deliveries` compare them. `results`, `targets`,
`regressions`, `report`, `plot` and `publish` make a file, tables and a plot of the figures. docs/performance.md has the
method.
"""

COMPARED = ("operations", "deliveries")  # with peers
NAMES = (
    *COMPARED,
    "startup",
    "listings_page",
    "isolation",
    "latency",
    "fairness",
    "onset",
    "delivery_log",
    "request_log",
)
