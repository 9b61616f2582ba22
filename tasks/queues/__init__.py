"""Message queues between web and worker: two instances, one module per backend."""
