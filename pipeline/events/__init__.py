"""The vocabulary: one family of frozen values a topic. Values only; `pipeline.codec` reads and writes them."""
