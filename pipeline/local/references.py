"""Reference data of a replay: the whole files are read at the start, and copied beside what they decide."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.codec import encode
from pipeline.events.dead_letter import DeadLetter, Fault
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.right import Right
from pipeline.local.errors import InputError
from pipeline.local.inputs import records
from pipeline.local.lines import Lines
from pipeline.policy.loader import PolicyError, PolicyFault, default_text, parse
from pipeline.policy.model import Policy
from pipeline.stages.record import Record, dead_letter
from pipeline.stages.reference import History

STAGE = "reference"  # in dead letters: no stage of the flow reads these files on its own
RIGHTS, POLICIES = "rights", "policies"


@dataclass(slots=True)
class References:
    """Rights and policies as they were read: the history for the stages, the lines to keep, and what could not be read."""

    history: History = field(default_factory=History)
    kept: dict[str, list[bytes]] = field(default_factory=lambda: {RIGHTS: [], POLICIES: []})
    dead_letters: list[DeadLetter] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=lambda: {RIGHTS: 0, POLICIES: 0})

    def add_right(self, record: Record) -> None:
        """Take over one line of the rights file."""
        self._count(record)
        if record.fault is not None:
            self._bury(record, record.fault)
        self.history.add_right(record.event if isinstance(record.event, Right) else None)

    def add_policy(self, record: Record) -> None:
        """Take over one line of the policies file; a policy that is no good changes nothing."""
        self._count(record)
        policy, fault = _policy_in(record)
        if fault is not None:
            self._bury(record, fault)
        self.history.add_policy(policy)

    def add_text(self, policy: Policy, text: str) -> None:
        """Publish a policy file as the newest one."""
        self.read[POLICIES] += 1
        self.kept[POLICIES].append(encode(PolicyRecord(policy.version, text)))
        self.history.add_policy(policy)

    def _count(self, record: Record) -> None:
        self.read[record.topic] += 1
        self.kept[record.topic].append(record.raw)

    def _bury(self, record: Record, fault: Fault) -> None:
        self.dead_letters.append(dead_letter(STAGE, record, fault))


def _policy_in(record: Record) -> tuple[Policy | None, Fault | None]:
    if record.fault is not None:
        return None, record.fault
    try:
        return parse(record.event.text, f"policy {record.event.version}"), None
    except PolicyError as error:
        return None, Fault("bad-policy", str(error)[:4000], "$.text")


def read_references(files: dict[str, Lines], policy: Path | None = None) -> References:
    """Read rights and policies. The policy file given by hand is the newest one; where there is none at all, the default holds.

    Raises InputError where a file cannot be read, and PolicyError where the policy given, or every policy in the file, is no good.
    """
    references = References()
    for record in _lines(RIGHTS, files):
        references.add_right(record)
    for record in _lines(POLICIES, files):
        references.add_policy(record)
    if policy is not None:
        text = read_policy(policy)
        references.add_text(parse(text, str(policy)), text)
    elif POLICIES not in files:
        text = default_text()
        references.add_text(parse(text, "default.toml"), text)
    _check_policies(references, files)
    return references


def _lines(topic: str, files: dict[str, Lines]) -> Iterator[Record]:
    return records(topic, files[topic]) if topic in files else iter(())


def _check_policies(references: References, files: dict[str, Lines]) -> None:
    """Refuse to start where no policy is good. Raises PolicyError."""
    if references.history.has_policy:
        return
    letters = [letter for letter in references.dead_letters if letter.topic == POLICIES]
    faults = [PolicyFault(letter.offset + 1, letter.error.path or "$", letter.error.message) for letter in letters]
    wrong = PolicyFault(len(letters), "file", "holds no good policy; mend it, or name one with --policy")
    raise PolicyError(str(files[POLICIES].path), (*faults, wrong))


def read_policy(path: Path) -> str:
    """Return the text of a policy file. Raises InputError where it cannot be read, and PolicyError where it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        wrong = PolicyFault(error.object.count(b"\n", 0, error.start) + 1, "file", f"is not UTF-8: {error.reason} at byte {error.start}")
        raise PolicyError(str(path), (wrong,)) from error
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror or error}") from error
