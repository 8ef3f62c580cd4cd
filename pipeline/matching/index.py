"""The brand index: all names of all brands, found in one pass over a text; the longest name wins.

A text is searched as it reads when folded, and once more for each disguise in which a word of a name was seen. To add a way of
writing, add a file with METHOD and `look`, and name it in DISGUISES.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from unicodedata import decomposition

from ahocorasick_rs import AhoCorasick, MatchKind

from pipeline.events.match import Method
from pipeline.events.right import AliasKind
from pipeline.matching import accents, confusable, fuzzy, leetspeak, masked, partial, pinyin, spaced, split
from pipeline.matching.fold import GAP, Folded, has_invisible, is_badge, pattern
from pipeline.matching.guess import GUESSES, likelihood
from pipeline.matching.name import Hit, Name, Searched
from pipeline.matching.plausible import PLACED, fits_context, may_be_searched, plausibility
from pipeline.matching.reference import Earlier, sense_of
from pipeline.matching.view import Look, Unmasked, View, may_be_disguised, may_be_parted, unmask
from pipeline.matching.words import Words
from pipeline.policy.memo import Memo

DISGUISES: tuple[tuple[Method, Look], ...] = (
    (confusable.METHOD, confusable.look),
    (leetspeak.METHOD, leetspeak.look),
    (spaced.METHOD, spaced.look),
    (split.METHOD, split.look),
    (masked.METHOD, masked.look),
    (accents.METHOD, accents.look),
    (pinyin.METHOD, pinyin.look),
    (fuzzy.METHOD, fuzzy.look),
)
SCORES: dict[Method, float] = {
    "exact": 1.0,
    "folded": 1.0,
    "transliterated": 0.95,
    "nickname": 0.95,
    "confusable": 0.9,
    "spaced": 0.9,
    "leetspeak": 0.85,
    "masked": 0.8,
    "homophone": 0.7,
    "fuzzy": 0.65,
    "partial": 0.6,
}
_PLAIN: frozenset[Method] = frozenset({"exact", "folded", "transliterated"})
_KIND_SHARES: dict[AliasKind, float] = {"product_line": 0.97}  # a line says what goods are, or what they fit; a name who made them
_LEAST_JOINED = 8  # letters of a name of several words that is found without its spaces
_KINDS: dict[str, Method] = {"transliteration": "transliterated", "nickname": "nickname"}

Found = tuple[int, int, str, Method | None]  # start, end, pattern, and the disguise where there is one


class BrandIndex:
    """Finds names. It is built once and never changes."""

    def __init__(self, names: Iterable[Name]) -> None:
        searched = [Searched(name, pattern(name.text)) for name in names]
        acting = _by_pattern([one for one in searched if not one.name.shadow])
        self._build(acting if all(not one.name.shadow for one in searched) else _with_trial(acting, searched))
        self._without_trial = acting

    def _build(self, names: dict[str, list[Name]]) -> None:
        self._names = names
        self._patterns = list(names)
        self._search = AhoCorasick(self._patterns, matchkind=MatchKind.LeftmostLongest)
        self._words = Words(word for one in self._patterns for word in one.split(GAP) if may_be_disguised(word))
        self._words.short = frozenset(word for one in self._patterns if may_be_parted(word := one.strip(GAP)))
        self._trial = frozenset(searched for searched, owners in names.items() if all(name.shadow for name in owners))
        self._kept: Memo[tuple[Found, ...]] = Memo()

    @cached_property
    def _acting(self) -> "BrandIndex":
        """The index without the names on trial: what there is where one of them stands. It is made when that first happens."""
        index = BrandIndex(())
        index._build(self._without_trial)
        return index

    def find(self, text: str, context: str = "") -> list[Hit]:
        """Return the names in a text, in the order of their places. `context` is what else may tell a common word's sense.

        How likely a brand is meant stands on each; whether that is enough depends on the whole listing, see settle.py.
        """
        found = self._kept.get(text, self._places)
        if not found:
            return []
        hits = list(self._hits(text, found, context))
        hides = bool(self._trial) and any(searched in self._trial for _, _, searched, _ in found)
        if hides or any(hit.shadow for hit in hits):
            return self._beside_trial(text, context, hits, hides=hides)
        return _judged(text, hits)

    def _beside_trial(self, text: str, context: str, hits: list[Hit], *, hides: bool) -> list[Hit]:
        """Return the hits of a text as they are without the names on trial, and the names on trial as they would be if they acted.

        `hides`: a name on trial stands where a shorter one may stand that acts, and so the text is searched again.
        """
        acting = self._acting.find(text, context) if hides else _judged(text, [hit for hit in hits if not hit.shadow])
        trial = (hit for hit in _judged(text, hits) if hit.shadow)
        return sorted([*acting, *trial], key=lambda hit: hit.start)

    def standing(self, text: str) -> Iterator[tuple[Name, int, int, Method]]:
        """Yield each name that stands in a text, with start, end and the method, whatever is meant by it."""
        for start, end, searched, disguise in self._kept.get(text, self._places):
            for name in self._names[searched]:
                yield name, start, end, _method(name, text[start:end], disguise)

    def _places(self, text: str) -> tuple[Found, ...]:
        """Return where names stand, in the order of their places, whatever is meant by them."""
        folded = Folded(text)
        found = list(self._plain(folded))
        looks: list[tuple[Method, list[Unmasked]]] = []
        for method, look in DISGUISES:
            unmasked = look(text, folded.text, self._words)
            if unmasked:
                looks.append((method, unmasked))
                found = _longest([*found, *self._disguised(unmask(method, text, unmasked))])
        if len(looks) > 1:  # words of one name may be in disguises of several kinds: it is as sure as the least of them
            least = min((method for method, _ in looks), key=SCORES.__getitem__)
            found = _longest([*found, *self._disguised(unmask(least, text, _apart(looks)))])
        return tuple(sorted(found, key=_start))

    def _plain(self, folded: Folded) -> Iterator[Found]:
        """Yield what is found in the text itself."""
        for number, start, end in self._search.find_matches_as_indexes(folded.text):
            yield *folded.place(start, end), self._patterns[number], None

    def _disguised(self, view: View) -> Iterator[Found]:
        """Yield what is found only where something was unmasked."""
        folded = Folded(view.text)
        for number, first, last in self._search.find_matches_as_indexes(folded.text):
            start, end = folded.place(first, last)
            if any(view.masked[start:end]):
                yield view.places[start][0], view.places[end - 1][1], self._patterns[number], view.method

    def _hits(self, text: str, found: Iterable[Found], context: str) -> Iterator[Hit]:
        for start, end, searched, disguise in found:
            written = text[start:end]
            for name in self._names[searched]:
                method = _method(name, written, disguise)
                likely = _likely(name, text, start, end, method, context)
                if likely and fits_context(name, context or text):
                    score = SCORES[method] * min(likely / PLACED, 1.0) * _KIND_SHARES.get(name.kind, 1.0)  # a word in its place is a name
                    yield Hit(name.owner, name.text, name.kind, start, end, written, method, round(score, 4), likely, None, name.shadow)


def _with_trial(acting: dict[str, list[Name]], names: Sequence[Searched]) -> dict[str, list[Name]]:
    """Return names by what is searched. Those on trial come beside those that act, and take nothing from them."""
    found = dict(acting)
    for searched, owners in _by_pattern(names).items():
        trial = [name for name in owners if name.shadow]
        if trial:
            found[searched] = [*found.get(searched, ()), *trial]
    return found


def _by_pattern(names: Sequence[Searched]) -> dict[str, list[Name]]:
    """Return names by what is searched. What is some brand's own name is not also another brand's alias."""
    found: dict[str, list[Name]] = {}
    others: dict[str, list[Name]] = {}
    for name, searched in names:
        if may_be_searched(name, searched):
            found.setdefault(searched, []).append(name)
            for other in _other_forms(name, searched):
                others.setdefault(other, []).append(name)
    for searched, owners in (*others.items(), *partial.parts(names).items()):
        found.setdefault(searched, owners)
    return {searched: [name for name in owners if name.own] or owners for searched, owners in found.items()}


def _other_forms(name: Name, searched: str) -> Iterator[str]:
    """Yield what a name is searched as besides: words run together, Latin letters without their accents, Chinese in Latin letters."""
    run = searched.replace(GAP, "")
    if len(run) >= _LEAST_JOINED and GAP + GAP in searched and run.isascii():
        yield f"{GAP}{run}{GAP}"
    if bare := accents.plain(name.text):
        yield pattern(bare)
    if latin := pinyin.spelt(searched):
        yield f"{GAP}{latin}{GAP}"
    if apart := pinyin.spelt_apart(searched):
        yield "".join(f"{GAP}{sound}{GAP}" for sound in apart)


def _start(found: Found) -> int:
    return found[0]


def _longest(found: list[Found]) -> list[Found]:
    """Leave out what a longer place overlaps; of two of the same length the first stays, which is the plainer one."""
    kept: list[Found] = []
    taken = bytearray(max((one[1] for one in found), default=0))
    for one in sorted(found, key=lambda each: each[0] - each[1]):
        if not any(taken[one[0] : one[1]]):
            taken[one[0] : one[1]] = b"\x01" * (one[1] - one[0])
            kept.append(one)
    return kept


def _apart(looks: Iterable[tuple[Method, list[Unmasked]]]) -> list[Unmasked]:
    """Return what was unmasked in all ways, in its order; of two that overlap the one that begins first."""
    kept: list[Unmasked] = []
    for one in sorted(one for _, unmasked in looks for one in unmasked):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _likely(name: Name, text: str, start: int, end: int, method: Method, context: str) -> float:
    guessed = name.part or method in GUESSES
    return likelihood(name, text, start, end, method) if guessed else plausibility(name, text, start, end, method, context)


def _method(name: Name, written: str, disguise: Method | None) -> Method:
    """Name the way in which a name is written."""
    method = disguise or _plain_method(name, written)
    return partial.METHOD if name.part and method in _PLAIN else method


def _plain_method(name: Name, written: str) -> Method:
    """Name the way in which a name is written that was found without taking off a disguise."""
    if written == name.text:
        return _KINDS.get(name.kind, "exact")
    if not written.isascii():
        if has_invisible(written):
            return "spaced"  # characters that cannot be seen, between the letters
        if any(
            decomposition(char).startswith(("<font>", "<circle>", "<square>", "<super>", "<sub>")) or is_badge(char) for char in written
        ):
            return "confusable"
    if written.isascii() and not name.text.isascii() and pinyin.spelt(pattern(name.text)):
        return "transliterated"
    return _KINDS.get(name.kind, "folded")


def _judged(text: str, hits: list[Hit]) -> list[Hit]:
    """Return the hits of a text, guesses only where no name is sure, with those that are references marked."""
    if any(hit.likely >= PLACED and hit.method not in GUESSES for hit in hits):
        hits = [hit for hit in hits if hit.method not in GUESSES]
    return list(_with_references(text, hits))


def _with_references(text: str, hits: Iterable[Hit]) -> Iterator[Hit]:
    last: Earlier | None = None
    for hit in hits:
        if last is not None and hit.start == last.start:
            sense = last.sense  # another owner of the same name
        else:
            sense = sense_of(text, hit.start, hit.end, hit.owner, last)
            last = Earlier(hit.owner, hit.start, hit.end, sense)
        yield hit if sense is None else hit._replace(sense=sense)
