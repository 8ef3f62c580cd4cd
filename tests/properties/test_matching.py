"""What holds for every text in which names are searched."""

from itertools import pairwise
from unicodedata import combining, normalize

from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.events.match import Method
from pipeline.matching.index import BrandIndex
from pipeline.matching.name import Hit, Name

NAMES = [
    Name("Nike", 0, own=True),
    Name("耐克", 0, kind="transliteration"),
    Name("Adidas", 1, own=True),
    Name("Louis Vuitton", 2, own=True),
    Name("Hermès", 3, own=True),
    Name("HP", 4, own=True),
    Name("Box", 5, own=True),
    Name("Coolermaster", 6, own=True),
    Name("Apple", 7, own=True, common=True, context=("phone",)),
    Name("Polaroid", 8, own=True),
    Name("Polaroid", 9, own=True),
]
INDEX = BrandIndex(NAMES)
KNOWN = {(name.owner, name.text) for name in NAMES}

pieces = st.sampled_from(
    [
        *(name.text for name in NAMES),
        "N1KE",
        "n i k e",
        "NІKE",
        "AD*DAS",
        "Cooler Master",
        "hermes",
        "ＮＩＫＥ",
        "N\u200bike",
        "for",
        "and",
        "đa",
    ]
)
texts = st.lists(st.one_of(pieces, st.text(max_size=8)), max_size=8).flatmap(
    lambda parts: st.sampled_from(["", " ", "-", ", ", "\u0301"]).map(lambda glue: glue.join(parts))
)
letters = st.sampled_from(["Adidas", "Polaroid", "Coolermaster"])
fillers = st.sampled_from(["", "cheap ", "盒子 ", "giày ", "100% "])


def letters_of(text: str) -> str:
    """Return the letters and digits of a text without case, marks, gaps and what cannot be seen: by other means than the fold."""
    return "".join(filter(str.isalnum, "".join(char for char in normalize("NFKD", text) if not combining(char)).casefold()))


def methods(hits: list[Hit], owner_names: str) -> set[Method]:
    return {hit.method for hit in hits if hit.alias == owner_names}


@given(texts)
def test_what_is_found_stands_where_it_is_said_to_stand(text: str) -> None:
    for hit in INDEX.find(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert hit.found == text[hit.start : hit.end]
        assert 0 < hit.score <= 1
        if hit.method in ("exact", "folded", "transliterated"):
            assert letters_of(hit.found) in (letters_of(hit.alias), letters_of(normalize("NFD", hit.alias)))


@given(texts)
def test_a_hits_alias_belongs_to_its_owner(text: str) -> None:
    assert all((hit.owner, hit.alias) in KNOWN for hit in INDEX.find(text))


@given(texts)
def test_hits_stand_in_order_and_do_not_overlap(text: str) -> None:
    spans = list(dict.fromkeys((hit.start, hit.end) for hit in INDEX.find(text)))
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(texts, st.text(max_size=20))
def test_the_same_text_has_the_same_hits(text: str, context: str) -> None:
    assert INDEX.find(text, context) == INDEX.find(text, context) == BrandIndex(NAMES).find(text, context)


@given(texts, st.integers(0, 30))
def test_white_space_around_a_text_moves_the_hits_and_no_more(text: str, width: int) -> None:
    assume(not text or (text[0] != "\u0301" and text[-1] != "\u0301"))
    moved = [hit._replace(start=hit.start + width, end=hit.end + width) for hit in INDEX.find(text, text)]
    assert INDEX.find(" " * width + text + "\n" * width, text) == moved


@given(letters, fillers, st.sampled_from(" .-_·"))
def test_a_spaced_name_is_found(name: str, before: str, gap: str) -> None:
    assert methods(INDEX.find(before + gap.join(name)), name) == {"spaced"}


@given(letters, fillers, st.data())
def test_a_name_with_letters_of_another_script_is_found(name: str, before: str, data: st.DataObject) -> None:
    shapes = {"a": "а", "o": "о", "e": "е", "i": "і", "s": "ѕ", "c": "с"}
    places = [at for at, char in enumerate(name) if char in shapes]
    chosen = data.draw(st.sets(st.sampled_from(places), min_size=1))
    disguised = "".join(shapes[char] if at in chosen else char for at, char in enumerate(name))
    assert methods(INDEX.find(before + disguised), name) == {"confusable"}


@given(letters, fillers, st.data())
def test_a_name_in_leetspeak_is_found(name: str, before: str, data: st.DataObject) -> None:
    digits = {"a": "4", "o": "0", "e": "3", "i": "1", "s": "5", "t": "7"}
    places = [at for at, char in enumerate(name) if char in digits]
    chosen = data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=1))
    disguised = "".join(digits[char] if at in chosen else char for at, char in enumerate(name))
    assert methods(INDEX.find(before + disguised), name) == {"leetspeak"}


@given(letters, fillers, st.data())
def test_a_masked_name_is_found(name: str, before: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(name) - 2))
    assert methods(INDEX.find(f"{before}{name[:at]}*{name[at + 1 :]}"), name) == {"masked"}


markers = st.sampled_from(["case for ", "inspired by ", "not ", "untuk ", "kompatibel dengan ", "laptop with "])


@given(texts, markers, texts)
def test_a_reference_marker_changes_the_use_and_not_what_is_found(before: str, marker: str, after: str) -> None:
    """The marker is taken away by writing as many letters that mean nothing, so that every place stays."""
    filler = "".join("z" if char.isalpha() else char for char in marker)
    marked, plain = (f"{before} q {middle}Polaroid {after}" for middle in (marker, filler))
    one, other = INDEX.find(marked), INDEX.find(plain)
    assert [hit._replace(sense=None) for hit in one] == [hit._replace(sense=None) for hit in other]
    start = len(f"{before} q {marker}")
    assert all(hit.reference for hit in one if hit.start == start and not marker.startswith("laptop"))
