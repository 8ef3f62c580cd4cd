"""The stages as workers on Kafka: chunks in, one transaction a chunk, state from a changelog."""
