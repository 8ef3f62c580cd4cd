"""Runs the installed command as a user does."""

import subprocess
import sys
from pathlib import Path

TAKEDOWN = Path(sys.executable).parent / "takedown"


def takedown(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run `takedown` with these arguments; return what it printed and its exit code."""
    command = [str(TAKEDOWN), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100, **options)  # type: ignore[call-overload, no-any-return]
