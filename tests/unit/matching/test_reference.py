import pytest

from pipeline.matching.reference import is_reference


def marks(text: str, name: str, last: str | None = None) -> bool:
    start = text.index(name)
    before = None if last is None else (text.index(last), text.index(last) + len(last))
    return is_reference(text, start, start + len(name), before)


@pytest.mark.parametrize(
    "text",
    [
        "case for iPhone",
        "Case FOR iPhone",
        "case for the new iPhone",
        "case for: iPhone",
        "compatible with iPhone",
        "compatible iPhone cable",
        "fits iPhone",
        "works with iPhone",
        "replacement for iPhone",
        "screen for all types iPhone",
        "not iPhone",
        "手机壳适用于iPhone",
        "手机壳适用iPhone",
        "兼容iPhone",
        "非iPhone",
        "ốp lưng cho iPhone",
        "dây sạc dành cho iPhone",
        "casing untuk iPhone",
        "kabel kompatibel dengan iPhone",
        "Hülle für iPhone",
        "coque pour iPhone",
        "funda para iPhone",
        "custodia per iPhone",
        "iPhone compatible cable",
        "iPhone 14 compatible cable",
        "iPhone专用充电器",
        "iPhone适用手机壳",
    ],
)
def test_goods_that_go_with_a_brand_refer_to_it(text: str) -> None:
    assert marks(text, "iPhone")


@pytest.mark.parametrize(
    "text",
    [
        "iPhone",
        "iPhone for men",
        "phones for men iPhone",
        "gift for him: new iPhone",
        "platform iPhone",
        "knot iPhone",
        "iPhone is not fake",
        "iPhone with a compatible cable",
        "iPhone case for travel",
    ],
)
def test_use_as_a_brand_is_no_reference(text: str) -> None:
    assert not marks(text, "iPhone")


@pytest.mark.parametrize("link", [", ", "/", " & ", " and ", " or ", " và ", " dan ", "、", "和", " 12, ", " Pro Max and ", " "])
def test_a_list_goes_on(link: str) -> None:
    assert marks(f"case for iPhone{link}Galaxy", "Galaxy", last="iPhone")


@pytest.mark.parametrize("text", ["for iPhone. A new case of Galaxy", "for iPhone with a strap by Galaxy", f"for iPhone{' ' * 50}Galaxy"])
def test_a_list_ends(text: str) -> None:
    assert not marks(text, "Galaxy", last="iPhone")


def test_a_list_needs_its_beginning() -> None:
    assert not marks("iPhone and Galaxy", "Galaxy")
