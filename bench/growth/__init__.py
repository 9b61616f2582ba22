"""Growth: time and memory of every page and every GET operation on a hub with a million attempts or more.

`make bench-growth ROWS=1000000` fills a hub and measures it. `fill` writes the rows, `requests` lists what to request,
`measure` times it, `maintenance` times retention and claims, and `disk` measures the space of each table.
"""
