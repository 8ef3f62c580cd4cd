"""Write docs/lifecycle.md: what can happen to a takedown, drawn from the table that decides it.

python -m scripts.build_lifecycle [FILE]
"""

import sys
from pathlib import Path

from pipeline.enforcement.lifecycle import FIRST, HIGHER, TRANSITIONS

FILE = Path(__file__).parent.parent / "docs" / "lifecycle.md"


PAGE = """# The life of a takedown

Made by `python -m scripts.build_lifecycle` from the table in `pipeline/enforcement/lifecycle.py`. A warning, a closure and
the refusal of a notice have the same life, but that none of them is put back. What is not in the table cannot happen: who asks for it
gets a dead letter that says so.

```mermaid
stateDiagram-v2
    [*] --> {first}
{arrows}
```

| it is | what happens | then it is |
|---|---|---|
{rows}
"""


def document() -> str:
    """Return the page: a state diagram (Mermaid), and the same as a table."""
    last = [state for state in dict.fromkeys(TRANSITIONS.values()) if state not in {before for before, _ in TRANSITIONS}]
    arrows = [f"    {before} --> {after}: {_told(before, move)}" for (before, move), after in TRANSITIONS.items()]
    rows = [f"| {before} | {_told(before, move)} | {after} |" for (before, move), after in TRANSITIONS.items()]
    return PAGE.format(first=FIRST, arrows="\n".join([*arrows, *(f"    {state} --> [*]" for state in last)]), rows="\n".join(rows))


def _told(before: str, move: str) -> str:
    """Return what happens, and who does it."""
    if move == "appeal":
        return "appeal (in time" + (", where the policy allows one more)" if before == "upheld" else ")")
    if move == "put_back":
        return "put back (by a deadline)"
    if before == "upheld":
        return f"{move} ({', '.join(sorted(HIGHER)).replace('_', ' ')} only)"
    return f"{move} (ruling{', or the notice is retracted' if move == 'reverse' else ''})"


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else FILE).write_text(document(), encoding="utf-8")
