import pytest

from pipeline.matching.fold import GAP, Folded, pattern


def words(text: str) -> list[str]:
    return Folded(text).text[1:-1].split(GAP + GAP)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Air-Max  90", ["air", "max", "90"]),
        ("NIKE", ["nike"]),
        ("Ｎｉｋｅ", ["nike"]),
        ("𝐍𝐢𝐤𝐞", ["nike"]),
        ("N\u200bi\u200bk\u200be", ["nike"]),
        ("L'Oréal", ["loréal"]),
        ("Levi’s", ["levis"]),
        ("H&M", ["h", "&", "m"]),
        ("Nike2020", ["nike", "2020"]),
        ("BMW3", ["bmw3"]),
        ("正品Nike鞋", ["正品", "nike", "鞋"]),
        ("Straße", ["strasse"]),
        ("giày da", ["giày", "da"]),
        ("giày", ["giày"]),
        ("", [""]),
    ],
)
def test_words_are_folded_to_one_form(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["ＮIKE shoes", "N\u200bI\u200bK\u200bE shoes", "N'I'K'E shoes", "NIKE shoes"])
def test_a_place_leads_back_to_the_text(text: str) -> None:
    folded = Folded(text)
    start = folded.text.index("nike")
    first, last = folded.place(start, start + 4)
    assert (first, text[last:]) == (0, " shoes")


@pytest.mark.parametrize("mark", [chr(code) for code in range(0x300, 0x370)])
def test_a_combining_mark_shifts_no_place(mark: str) -> None:
    for text in (f"x{mark} nike 1", f"x'{mark} nike 1", f" {mark} nike 1", f"é{mark}{mark} nike 1"):
        folded = Folded(text)
        start = folded.text.index("nike")
        first, last = folded.place(start, start + 4)
        assert text[first:last] == "nike"


@pytest.mark.parametrize("text", ["Straße", "ﬁne"])
def test_one_character_may_fold_to_several(text: str) -> None:
    folded = Folded(text)
    assert folded.place(1, len(folded.text) - 1) == (0, len(text))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nike", f"{GAP}nike{GAP}"),
        ("Air Max", f"{GAP}air{GAP}{GAP}max{GAP}"),
        ("耐克", "耐克"),
        ("耐克Nike", f"耐克{GAP}{GAP}nike{GAP}"),
        ("!?", ""),
    ],
)
def test_a_pattern_has_gaps_where_its_script_has_spaces(name: str, expected: str) -> None:
    assert pattern(name) == expected
