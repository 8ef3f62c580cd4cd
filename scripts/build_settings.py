"""Write docs/settings.md: every setting of the workers, with its variable, default, range and meaning.

python -m scripts.build_settings [FILE]
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from pipeline.settings import FILE_VARIABLE, Settings, variable

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"
_COMPUTED = {"state_dir": "~/.local/state/takedown"}  # defaults that depend on the machine
_HEAD = f"""# Settings

For the commands that speak to Kafka. Each setting is a variable of the environment, or a line such as `partitions = 8` in a TOML file,
which `--settings` or the variable `{FILE_VARIABLE}` names. The variable wins; an empty one counts as not set. A name that is unknown, or
a value that is no good, ends the command with exit code 8, and every fault is named at once. Passwords never show in what is printed.

| setting | variable | default | meaning |
|---|---|---|---|
"""


def build(path: Path) -> None:
    """Write the file."""
    rows = (
        " | ".join((f"`{name}`", f"`{variable(name)}`", _default(name, field), _meaning(field)))
        for name, field in Settings.model_fields.items()
    )
    path.write_text(_HEAD + "".join(f"| {row} |\n" for row in rows), encoding="utf-8")


def _default(name: str, field: FieldInfo) -> str:
    value = _COMPUTED.get(name, field.default)
    if value is None:
        return "not set"
    if value == "":
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _meaning(field: FieldInfo) -> str:
    return " ".join((field.description or "", *_limits(field)))


def _limits(field: FieldInfo) -> Iterator[str]:
    if get_origin(field.annotation) is Literal:
        yield f"One of {', '.join(f'`{choice}`' for choice in get_args(field.annotation))}."
    limits = {key: value for one in field.metadata for key in ("ge", "le", "pattern") if (value := getattr(one, key, None)) is not None}
    if "ge" in limits:
        yield f"From {limits['ge']:,} to {limits['le']:,}."
    if "pattern" in limits:
        yield f"Matches `{limits['pattern']}`."


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
