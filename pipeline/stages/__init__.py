"""The pure stages: each takes a chunk, its state and reference data, and returns outputs."""
