"""Settings of the workers on Kafka: from the environment (`TAKEDOWN_*`), and below it from a TOML file."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, FilePath, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "TAKEDOWN_"
FILE_VARIABLE = f"{PREFIX}SETTINGS"
_TEST_PREFIX = f"{PREFIX}TEST_"  # for the project's own tests, not for the program
_SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}")


class SettingsError(ValueError):
    """Settings that are no good, with all of their faults: each names the key, where it came from, and what is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def servers(text: str) -> str:
    """Return a list of brokers as it is. Raises ValueError where it is none."""
    if not all(_SERVER.fullmatch(server) for server in text.split(",")):
        raise ValueError("should be host:port, or several of them with commas between")
    return text


def _state_dir() -> Path:
    """Return where programs keep their state, by the XDG base directory specification."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "takedown"


class Settings(BaseSettings):
    """What a worker needs to know that is neither policy nor data. Frozen; secrets show as asterisks.

    Use `load`, which names every fault at once. A variable wins over what is given otherwise; an empty one counts as not set.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    bootstrap: Annotated[str, AfterValidator(servers)] = Field(
        "localhost:9092", description="Kafka's brokers to begin with: host:port, several with commas between."
    )
    application: str = Field(
        "takedown", pattern=r"^[a-z0-9.-]{1,60}$", description="Names the consumer groups, transactional ids and changelogs."
    )
    topic_prefix: str = Field("", pattern=r"^[A-Za-z0-9._-]{0,60}$", description="Stands before the name of every topic.")
    partitions: int = Field(4, ge=1, le=1024, description="Partitions that `topics create` gives a topic; reference topics have one.")
    replication: int = Field(1, ge=1, le=15, description="Replicas that `topics create` gives a topic; in production 3.")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How the brokers are spoken to."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field("PLAIN", description="How the user is proven, with SASL.")
    sasl_username: str | None = Field(None, validate_default=True, description="The user, needed with SASL.")
    sasl_password: SecretStr | None = Field(None, validate_default=True, description="The user's password, needed with SASL.")
    ssl_cafile: FilePath | None = Field(None, description="Certificates (PEM) to trust; where not set, the system's.")
    ssl_certfile: FilePath | None = Field(None, description="The client's own certificate (PEM).")
    ssl_keyfile: FilePath | None = Field(None, description="The key of ssl_certfile (PEM); where not set, the certificate's file holds it.")
    ssl_password: SecretStr | None = Field(None, description="The password of the key.")
    state_dir: Path = Field(default_factory=_state_dir, description="Folder of the local state, which can always be rebuilt from Kafka.")
    chunk_records: int = Field(1000, ge=1, le=100_000, description="Most records of a chunk, the unit of work and of a transaction.")
    chunk_bytes: int = Field(524_288, ge=1024, le=67_108_864, description="Most bytes of a chunk; a larger record is a chunk of its own.")
    buffer_chunks: int = Field(4, ge=1, le=1000, description="Chunks fetched ahead for each partition.")
    session_timeout: float = Field(
        10.0, ge=1, le=1800, description="Seconds without a heartbeat after which a worker counts as dead and loses its partitions."
    )
    connect_timeout: float = Field(
        60.0, ge=0, le=3600, description="Seconds for which a worker that starts waits for Kafka, where that cannot be reached."
    )
    drain_timeout: float = Field(
        25.0,
        ge=0,
        le=3600,
        description="Seconds in which a worker that is stopped finishes what is under way; below the supervisor's patience.",
    )
    dead_letter_window: int = Field(
        10_000, ge=1, le=10_000_000, description="Records over which the dead letters of a partition are counted."
    )
    dead_letter_limit: int = Field(1000, ge=0, le=10_000_000, description="Dead letters in a window; one more stops the worker.")
    stage_failed_limit: int = Field(
        20, ge=0, le=10_000_000, description="Dead letters in a window because a stage failed; one more stops the worker."
    )
    clock_interval: float = Field(60.0, ge=1, le=86_400, description="Seconds between the ticks of `takedown clock`.")
    transactions: bool = Field(
        True, description="Write each chunk in a transaction; off only for measurements, a crash then repeats records."
    )
    http_host: str = Field("127.0.0.1", min_length=1, max_length=255, description="Address of a worker's HTTP port; 0.0.0.0: all.")
    http_port: int | None = Field(
        None,
        ge=0,
        le=65_535,
        description="Port of a worker's /metrics, /healthz, /readyz and /status; of `worker all` the first of three. 0: any. "
        "Where not set, the first free from 9464 on.",
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines are written: for people, or for programs.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least level that is logged.")

    @field_validator("sasl_username", "sasl_password")
    @classmethod
    def _given_with_sasl(cls, value: str | SecretStr | None, info: ValidationInfo) -> str | SecretStr | None:
        protocol = info.data.get("security_protocol", "")
        if value is None and protocol.startswith("SASL_"):
            raise ValueError(f"is needed with security_protocol {protocol}")
        return value

    @field_validator("ssl_keyfile")
    @classmethod
    def _with_certificate(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None and info.data.get("ssl_certfile", value) is None:  # one that is no good is a fault of its own
            raise ValueError("needs ssl_certfile, the certificate that it is the key of")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over what is given, which is what stands in the file."""
        return env_settings, init_settings

    @classmethod
    def load(cls, path: Path | None) -> "Settings":
        """Return the settings of the environment and a TOML file: `path`, or what TAKEDOWN_SETTINGS names. Raises SettingsError."""
        named = os.environ.get(FILE_VARIABLE)
        source = path or (Path(named) if named else None)
        given = _read(source) if source else {}
        faults = [*_unknown_keys(given, str(source)), *_unknown_variables()]
        try:
            settings = cls(**{key: value for key, value in given.items() if key in cls.model_fields})
        except ValidationError as error:
            faults += [_fault(one, given, str(source)) for one in error.errors(include_url=False, include_input=False)]
        if faults:
            raise SettingsError(faults)
        return settings


def variable(key: str) -> str:
    """Return the environment variable of a setting."""
    return f"{PREFIX}{key.upper()}"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError([f"settings ({path}): cannot be read: {error.strerror or error}"]) from error
    except ValueError as error:
        raise SettingsError([f"settings ({path}): is no TOML: {error}"]) from error


def _unknown_keys(given: Mapping[str, Any], source: str) -> Iterator[str]:
    for key in given:
        if key not in Settings.model_fields:
            yield f"{key} ({source}): {_unknown(key)}"


def _unknown_variables() -> Iterator[str]:
    for name in sorted(os.environ):
        key = name.upper().removeprefix(PREFIX).lower()
        if name.upper().startswith(PREFIX) and not _known(name.upper(), key):
            yield f"{key} ({name}): {_unknown(key)}"


def _known(name: str, key: str) -> bool:
    return key in Settings.model_fields or name == FILE_VARIABLE or name.startswith(_TEST_PREFIX)


def _unknown(key: str) -> str:
    close = get_close_matches(key, Settings.model_fields, n=1)
    return f"is unknown; do you mean {close[0]}?" if close else "is unknown"


def _fault(error: Mapping[str, Any], given: Mapping[str, Any], source: str) -> str:
    """Return what pydantic says of a key, never with the value: it may be a secret."""
    key = str(error["loc"][0])
    variables = {name.upper(): name for name, value in os.environ.items() if value}
    origin = variables.get(variable(key)) or (source if key in given else "not set")
    return f"{key} ({origin}): {error['msg'].removeprefix('Value error, ')}"
