"""Simulation: claims and fairness with 100,000 dealers and 1,000 events per second, on an injected clock.

The ready queue, the shares of requests in flight and the claim are those of a worker. Receivers are simulated: each
attempt takes a fixed time. `make bench-simulation DEALERS=100000` runs it.
"""
