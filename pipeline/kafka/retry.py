"""Which errors of Kafka pass by themselves, and waiting for those that do."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiokafka.errors import (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnsupportedVersionError,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

_PAUSE = 1.0  # seconds between two tries
_NO_BROKERS = "Did we not perform bootstrap"  # what aiokafka asserts where a broker that has just come back names no brokers yet
_PASSING = (KafkaError, ConnectionError, TimeoutError)
_LASTING = (
    AuthenticationFailedError,
    GroupAuthorizationFailedError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    RecordTooLargeError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnsupportedVersionError,
)


def passes(error: BaseException) -> bool:
    """Tell whether an error may pass by itself: no connection, an election, a request that was too slow."""
    if isinstance(error, AssertionError):
        return _NO_BROKERS in str(error)
    return isinstance(error, _PASSING) and not isinstance(error, _LASTING)


async def patiently(work: Callable[[], Awaitable[T]], patience: float) -> T:
    """Try until it works, or has failed for so many seconds. Raises what the last try raised, and at once what does not pass."""
    until = time.monotonic() + patience
    while True:
        try:
            return await work()
        except Exception as error:
            if not passes(error) or time.monotonic() > until:
                raise
            log.warning("Kafka is waited for: %s", str(error) or type(error).__name__)
        await asyncio.sleep(_PAUSE)
