"""The takedown pipeline."""
