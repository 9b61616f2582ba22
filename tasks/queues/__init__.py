"""The message queues between web and worker: two lanes on one of two backends, a file per backend."""
