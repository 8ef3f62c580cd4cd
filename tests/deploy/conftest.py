"""The broker and the settings of the tests on Kafka, for workers that run from the image."""

from tests.kafka.conftest import bootstrap, reference, settings, topics

__all__ = ["bootstrap", "reference", "settings", "topics"]
