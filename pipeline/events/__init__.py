"""The vocabulary: one family of frozen dataclasses a topic. Values only; `pipeline.codec` reads and writes them."""
