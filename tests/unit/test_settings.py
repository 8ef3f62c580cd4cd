"""Settings: where they come from, which wins, and that every fault is named at once, without its value."""

import os
from pathlib import Path

import pytest

from pipeline.settings import Settings, SettingsError
from scripts.build_settings import DOCS, build

SECRET = "hunter2"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the settings stands in the environment."""
    for name in [name for name in os.environ if name.upper().startswith("TAKEDOWN_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "takedown.toml"


def faults(path: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.load(path)
    return caught.value.faults


def test_every_setting_has_a_default() -> None:
    settings = Settings.load(None)
    assert (settings.bootstrap, settings.application, settings.partitions) == ("localhost:9092", "takedown", 4)
    assert settings.transactions
    assert settings.sasl_password is None


def test_a_variable_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('partitions = 8\napplication = "filed"\n', encoding="utf-8")
    monkeypatch.setenv("TAKEDOWN_PARTITIONS", "16")
    settings = Settings.load(file)
    assert (settings.partitions, settings.application) == (16, "filed")


def test_an_empty_variable_counts_as_not_set(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("partitions = 8\n", encoding="utf-8")
    monkeypatch.setenv("TAKEDOWN_PARTITIONS", "")
    assert Settings.load(file).partitions == 8


def test_a_variable_names_the_file_and_a_given_file_wins(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("partitions = 8\n", encoding="utf-8")
    monkeypatch.setenv("TAKEDOWN_SETTINGS", str(file))
    assert Settings.load(None).partitions == 8
    other = tmp_path / "other.toml"
    other.write_text("partitions = 9\n", encoding="utf-8")
    assert Settings.load(other).partitions == 9


def test_variables_of_the_tests_are_not_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKEDOWN_TEST_BOOTSTRAP", "broker:9092")
    assert Settings.load(None).bootstrap == "localhost:9092"


def test_all_faults_are_named_at_once_with_key_and_origin(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('partitons = 8\nreplication = 0\nsecurity_protocol = "SASL_SSL"\nssl_cafile = "/no/such"\n', encoding="utf-8")
    monkeypatch.setenv("TAKEDOWN_BOOTSTRAP", "no port")
    monkeypatch.setenv("TAKEDOWN_CHUNK_RECORD", "5")
    assert sorted(faults(file)) == [
        "bootstrap (TAKEDOWN_BOOTSTRAP): should be host:port, or several of them with commas between",
        "chunk_record (TAKEDOWN_CHUNK_RECORD): is unknown; do you mean chunk_records?",
        f"partitons ({file}): is unknown; do you mean partitions?",
        f"replication ({file}): Input should be greater than or equal to 1",
        "sasl_password (not set): is needed with security_protocol SASL_SSL",
        "sasl_username (not set): is needed with security_protocol SASL_SSL",
        f"ssl_cafile ({file}): Path does not point to a file",
    ]


def test_a_key_needs_its_certificate(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.touch()
    monkeypatch.setenv("TAKEDOWN_SSL_KEYFILE", str(file))
    assert faults() == ["ssl_keyfile (TAKEDOWN_SSL_KEYFILE): needs ssl_certfile, the certificate that it is the key of"]
    monkeypatch.setenv("TAKEDOWN_SSL_CERTFILE", str(file))
    assert Settings.load(None).ssl_keyfile == file


@pytest.mark.parametrize(
    ("text", "fault"),
    [(None, "cannot be read: No such file"), ("partitions 8", "is no TOML"), ("[partitions]\n", "valid integer")],
)
def test_a_file_that_cannot_be_used_is_a_fault(file: Path, text: str | None, fault: str) -> None:
    if text is not None:
        file.write_text(text, encoding="utf-8")
    (said,) = faults(file)
    assert str(file) in said
    assert fault in said


@pytest.mark.parametrize("server", ["localhost:9092", "a:1,b.example:2", "[::1]:9092", "10.0.0.1:9092"])
def test_brokers_are_hosts_with_ports(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.setenv("TAKEDOWN_BOOTSTRAP", server)
    assert Settings.load(None).bootstrap == server


def test_secrets_never_show(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAKEDOWN_SASL_PASSWORD", SECRET)
    settings = Settings.load(None)
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    file.write_text(f'ssl_password = ["{SECRET}"]\n', encoding="utf-8")
    assert SECRET not in "".join(faults(file))


def test_the_table_of_settings_is_current(tmp_path: Path) -> None:
    build(tmp_path / "settings.md")
    assert (tmp_path / "settings.md").read_text(encoding="utf-8") == DOCS.read_text(encoding="utf-8"), "run `make settings`"
