"""What clients and Faust are given, by security protocol; no password shows."""

import ssl
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from faust.auth import SASLCredentials, SSLCredentials
from pydantic import SecretStr

from pipeline.kafka.connection import ConnectionFailedError, broker_credentials, broker_url, client, reaching
from pipeline.settings import Settings, SettingsError

SECRET = "hunter2"


def settings(protocol: str = "PLAINTEXT", **changes: object) -> Settings:
    user = {"sasl_username": "u", "sasl_password": SecretStr(SECRET), "sasl_mechanism": "SCRAM-SHA-512"}
    return Settings().model_copy(update={"security_protocol": protocol, **(user if "SASL" in protocol else {}), **changes})


def test_plain_text_needs_nothing() -> None:
    given = client(settings(bootstrap="a:1,b:2"))
    assert (given["bootstrap_servers"], given["security_protocol"], given["ssl_context"]) == ("a:1,b:2", "PLAINTEXT", None)
    assert broker_credentials(settings()) is None


def test_faust_has_brokers_as_urls() -> None:
    assert broker_url(settings(bootstrap="a:1,b:2")) == "kafka://a:1;kafka://b:2"


def test_ssl_checks_the_broker() -> None:
    context = client(settings("SSL"))["ssl_context"]
    assert isinstance(context, ssl.SSLContext)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert isinstance(broker_credentials(settings("SSL")), SSLCredentials)


@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_sasl_proves_the_user_the_same_way_to_both(protocol: str) -> None:
    given, credentials = client(settings(protocol)), broker_credentials(settings(protocol))
    assert isinstance(credentials, SASLCredentials)
    assert credentials.mechanism is not None
    assert credentials.protocol is not None
    assert (credentials.username, credentials.password) == (given["sasl_plain_username"], given["sasl_plain_password"]) == ("u", SECRET)
    assert credentials.mechanism.value == given["sasl_mechanism"] == "SCRAM-SHA-512"
    assert credentials.protocol.value == given["security_protocol"] == protocol


def test_the_password_does_not_show_where_arguments_are_printed() -> None:
    assert SECRET not in repr(client(settings("SASL_PLAINTEXT")))


def test_a_certificate_that_is_none_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    bad = tmp_path / "ca.pem"
    bad.write_text("no certificate", encoding="utf-8")
    with pytest.raises(SettingsError, match="ssl_cafile: cannot be used"):
        client(settings("SSL", ssl_cafile=bad))


def test_what_clients_raise_becomes_one_message_with_the_place() -> None:
    with pytest.raises(ConnectionFailedError, match=r"Kafka at a:1: .*refused"), reaching(settings(bootstrap="a:1")):
        raise KafkaConnectionError("refused")
