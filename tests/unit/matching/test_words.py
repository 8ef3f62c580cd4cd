from collections.abc import Callable

from pipeline.matching.words import Words


def counted() -> tuple[list[Words], Callable[[Words], int]]:
    made: list[Words] = []

    def make(words: Words) -> int:
        made.append(words)
        return len(words)

    return made, make


def test_a_table_is_made_once_for_its_words() -> None:
    made, make = counted()
    words, same = Words({"nike", "puma"}), Words({"nike", "puma"})
    assert [words.table(make), words.table(make), same.table(make)] == [2, 2, 2]
    assert [one is words for one in made] == [True, False]


def test_tables_of_other_kinds_do_not_mix() -> None:
    words = Words({"nike", "puma"})
    assert (words.table(sorted), words.table(len)) == (["nike", "puma"], 2)
    assert "nike" in words
