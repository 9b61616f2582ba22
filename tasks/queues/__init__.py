"""Message queues between web and worker: two lanes, one module per backend."""
