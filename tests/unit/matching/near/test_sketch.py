from pipeline.matching.near.sketch import Sketch, sketch


def words(title: str) -> Sketch:
    return sketch(title, (), ())


def test_the_same_words_however_they_are_written() -> None:
    assert words("NIKE  Air-Max, 90") == words("air max 90 nike nike")


def test_words_numbers_and_codes() -> None:
    found = words("Nike Air Max 90 size 42 CW2288-111")
    assert len(found.words) == 8
    assert found.numbers == tuple(sorted((*words("90").words, *words("42").words, *words("111").words)))
    assert found.codes == words("cw2288").words


def test_letters_without_case_are_taken_in_pairs() -> None:
    assert set(words("耐克运动鞋").words) == {*words("耐克").words, *words("克运").words, *words("运动").words, *words("动鞋").words}
    assert words("鞋").words


def test_the_order_is_ascending_and_each_stands_once() -> None:
    found = sketch("b a c a", (3, 1, 3), ("ff", "aa", "ff"))
    assert (list(found.words), found.phashes, found.pdqs) == (sorted(found.words), (1, 3), ("aa", "ff"))
    assert len(found.words) == 3


def test_nothing_is_known_of_a_title() -> None:
    assert sketch(None, (1,), ()) == Sketch(phashes=(1,))


def test_a_title_without_letters_has_no_words() -> None:
    assert words("!!!").words == ()


def test_a_list_of_search_words_is_cut() -> None:
    assert len(words(" ".join(f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(300))).words) == 100
