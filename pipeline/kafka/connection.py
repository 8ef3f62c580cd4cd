"""From the settings to what clients need to reach Kafka: arguments of aiokafka, broker and credentials of Faust."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from socket import gethostname
from typing import TYPE_CHECKING, Any

from aiokafka.errors import KafkaError
from aiokafka.helpers import create_ssl_context
from pydantic import SecretStr

from pipeline.settings import Settings, SettingsError

if TYPE_CHECKING:
    from faust.types.auth import CredentialsT


class ConnectionFailedError(Exception):
    """Kafka cannot be reached, or refuses what is asked; the message names where it was looked for."""


class _Secret(str):
    """A password that clients can use and that does not show where their arguments are printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'**********'"


def client(settings: Settings) -> dict[str, Any]:
    """Return the arguments that every aiokafka client takes. Raises SettingsError where a certificate or key cannot be used."""
    return {
        "bootstrap_servers": settings.bootstrap,
        "client_id": f"{settings.application}-{gethostname()}",  # members are dealt partitions in its order: a host gets its own back
        "security_protocol": settings.security_protocol,
        "ssl_context": _ssl_context(settings),
        "sasl_mechanism": settings.sasl_mechanism,
        "sasl_plain_username": settings.sasl_username,
        "sasl_plain_password": _secret(settings.sasl_password),
    }


def broker_url(settings: Settings) -> str:
    """Return the brokers as Faust has them: URLs with semicolons between."""
    return ";".join(f"kafka://{server}" for server in settings.bootstrap.split(","))


def broker_credentials(settings: Settings) -> "CredentialsT | None":
    """Return how Faust proves who it is; None where nobody asks. Raises SettingsError where a certificate or key cannot be used."""
    from faust.auth import SASLCredentials, SSLCredentials  # noqa: PLC0415 - slow to import, and only workers need it

    context = _ssl_context(settings)
    if settings.security_protocol.startswith("SASL_"):
        return SASLCredentials(
            username=settings.sasl_username,
            password=_secret(settings.sasl_password),
            ssl_context=context,
            mechanism=settings.sasl_mechanism,
        )
    return SSLCredentials(context) if context is not None else None


@contextmanager
def reaching(settings: Settings) -> Iterator[None]:
    """Turn what clients raise into one clear message: raises ConnectionFailedError instead of KafkaError and OSError."""
    try:
        yield
    except (KafkaError, OSError) as error:
        reason = str(error) or type(error).__name__
        raise ConnectionFailedError(f"Kafka at {settings.bootstrap}: {reason}; is it running, and are the settings right?") from error


def _ssl_context(settings: Settings) -> ssl.SSLContext | None:
    if not settings.security_protocol.endswith("SSL"):
        return None
    try:
        context: ssl.SSLContext = create_ssl_context(
            cafile=settings.ssl_cafile,
            certfile=settings.ssl_certfile,
            keyfile=settings.ssl_keyfile,
            password=_secret(settings.ssl_password) or "",  # with None, OpenSSL would ask at the terminal
        )
    except (ssl.SSLError, OSError) as error:
        files = [key for key in ("ssl_cafile", "ssl_certfile", "ssl_keyfile") if getattr(settings, key)]
        raise SettingsError([f"{', '.join(files)}: cannot be used: {error}; certificates and keys are PEM files"]) from error
    return context


def _secret(value: SecretStr | None) -> _Secret | None:
    return None if value is None else _Secret(value.get_secret_value())
