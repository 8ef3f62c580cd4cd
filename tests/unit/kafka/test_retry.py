"""Which errors pass by themselves."""

import pytest
from aiokafka.errors import KafkaConnectionError, SaslAuthenticationFailed, TopicAuthorizationFailedError

from pipeline.kafka.retry import passes


@pytest.mark.parametrize(
    "error",
    [KafkaConnectionError(), ConnectionResetError(), TimeoutError(), AssertionError("Did we not perform bootstrap?")],
)
def test_what_passes(error: Exception) -> None:
    assert passes(error)


@pytest.mark.parametrize("error", [SaslAuthenticationFailed(), TopicAuthorizationFailedError(), AssertionError("x"), ValueError()])
def test_what_does_not(error: Exception) -> None:
    assert not passes(error)
