"""Reference data of a replay: the whole files are read at the start, and copied beside what they decide."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.codec import encode
from pipeline.events.dead_letter import DeadLetter, Fault
from pipeline.events.policy_record import PolicyRecord
from pipeline.events.sequence import Offsets
from pipeline.flow import REFERENCES
from pipeline.local.errors import InputError
from pipeline.local.inputs import records
from pipeline.local.lines import Lines
from pipeline.policy.loader import PolicyError, PolicyFault, default_text, parse
from pipeline.policy.model import Policy
from pipeline.stages.record import Record, dead_letter
from pipeline.stages.reference import History

STAGE = "reference"  # in dead letters: no stage of the flow reads these files on its own
RIGHTS, POLICIES, STANDINGS = "rights", "policies", "notifier-standings"


@dataclass(slots=True)
class References:
    """Reference data as it was read: the history for the stages, the lines to keep, and what could not be read."""

    history: History = field(default_factory=History)
    kept: dict[str, list[bytes]] = field(default_factory=lambda: {topic: [] for topic in REFERENCES})
    dead_letters: list[DeadLetter] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REFERENCES, 0))

    def add(self, record: Record) -> None:
        """Take over one record of a reference topic; one that is no good keeps its place and changes nothing."""
        self._count(record.topic, record.raw)
        event, fault = _taken(record)
        if fault is not None:
            self.dead_letters.append(dead_letter(STAGE, record, fault))
        self._append(record.topic, event)

    def add_text(self, policy: Policy, text: str) -> None:
        """Publish a policy file as the newest one."""
        self._count(POLICIES, encode(PolicyRecord(policy.version, text)))
        self._append(POLICIES, policy)

    def skip_to(self, topic: str, offset: int) -> None:
        """Keep the places of records that are not there, so that offsets and counts agree."""
        for _ in range(by_topic(self.history.read_so_far())[topic], offset):
            self._append(topic, None)

    def _count(self, topic: str, line: bytes) -> None:
        self.read[topic] += 1
        self.kept[topic].append(line)

    def _append(self, topic: str, event: Any) -> None:
        """Put what a record holds into the history; None where it holds nothing that is good."""
        history = self.history
        adds: dict[str, Callable[[Any], None]] = {
            RIGHTS: history.add_right,
            POLICIES: history.add_policy,
            STANDINGS: history.add_standing,
        }
        adds[topic](event)


def by_topic(offsets: Offsets) -> Mapping[str, int]:
    """Return for each reference topic how many of its records some offsets name."""
    return {RIGHTS: offsets.rights, POLICIES: offsets.policies, STANDINGS: offsets.standings}


def offsets_of(read: Mapping[str, int]) -> Offsets:
    """Return the offsets that name so many records of each reference topic."""
    return Offsets(rights=read[RIGHTS], policies=read[POLICIES], standings=read[STANDINGS])


def _taken(record: Record) -> tuple[Any, Fault | None]:
    """Return what the history takes of a record, or what is wrong with it: of a policy's text that may be more than its form."""
    if record.fault is not None or record.topic != POLICIES:
        return record.event, record.fault
    try:
        return parse(record.event.text, f"policy {record.event.version}"), None
    except PolicyError as error:
        return None, Fault("bad-policy", str(error)[:4000], "$.text")


def read_references(files: dict[str, Lines], policy: Path | None = None) -> References:
    """Read all reference data. The policy file given by hand is the newest one; where there is none at all, the default holds.

    Raises InputError where a file cannot be read, and PolicyError where the policy given, or every policy in the file, is no good.
    """
    references = References()
    for topic in REFERENCES:
        for record in _lines(topic, files):
            references.add(record)
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
