"""A real Kafka broker on this machine, without containers: for tests, benchmarks and the demo."""
