import pytest

from pipeline.events.match import Sense
from pipeline.matching.reference import Earlier, sense_of


def sense(text: str, name: str, last: str | None = None, last_sense: Sense | None = "compatible") -> Sense | None:
    start = text.index(name)
    before = None if last is None else Earlier(2, text.index(last), text.index(last) + len(last), last_sense)
    return sense_of(text, start, start + len(name), 1, before)


@pytest.mark.parametrize(
    "text",
    [
        "case for iPhone",
        "Case FOR iPhone",
        "case for the new iPhone",
        "case for: iPhone",
        "compatible with iPhone",
        "case for eePad 6, iPhone",
        "casing untuk eePad dan iPhone",
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
    assert sense(text, "iPhone") in ("compatible", "denied")


@pytest.mark.parametrize(
    "text",
    [
        "iPhone",
        "iPhone for men",
        "phones for men iPhone",
        "gift for him: new iPhone",
        "platform iPhone",
        "shoes for women, iPhone",
        "gift for 2016, iPhone",
        "knot iPhone",
        "iPhone is not fake",
        "iPhone with a compatible cable",
        "iPhone case for travel",
    ],
)
def test_use_as_a_brand_is_no_reference(text: str) -> None:
    assert sense(text, "iPhone") is None


@pytest.mark.parametrize(
    "link",
    [
        ", ",
        "/",
        " & ",
        " and ",
        " or ",
        " và ",
        " dan ",
        "、",
        "和",
        " 12, ",
        " Pro Max and ",
        " ",
        " 6/7/8/X, ",
        " 12 Pro Max / 13 mini / 14 Plus, ",
        "、13、14/",
    ],
)
def test_a_list_goes_on(link: str) -> None:
    assert sense(f"case for iPhone{link}Galaxy", "Galaxy", last="iPhone") == "compatible"


@pytest.mark.parametrize("text", ["for iPhone. A new case of Galaxy", "for iPhone with a strap by Galaxy", f"for iPhone{' ' * 50}Galaxy"])
def test_a_list_ends(text: str) -> None:
    assert sense(text, "Galaxy", last="iPhone") is None


def test_a_list_needs_its_beginning() -> None:
    assert sense("iPhone and Galaxy", "Galaxy", last="iPhone", last_sense=None) is None


@pytest.mark.parametrize(
    "text",
    [
        "perfume inspired by Gucci",
        "a dupe of Gucci",
        "Gucci dupe bag",
        "an alternative to Gucci",
        "our version of Gucci bloom",
        "bag in the style of Gucci",
        "Gucci style bag",
        "Gucci-inspired bag",
        "túi kiểu Gucci",
        "túi giống Gucci",
        "tas mirip Gucci",
        "tas gaya Gucci",
        "bolso estilo Gucci",
        "包 类似Gucci",
        "Gucci同款包",
        "Gucci平替",
    ],
)
def test_a_comparison_is_told_apart(text: str) -> None:
    assert sense(text, "Gucci") == "comparison"


@pytest.mark.parametrize(
    "text", ["Gucci style 308984", "Gucci style no. 5", "Gucci stylish bag", "Gucci bag, my type", "a lifestyle of Gucci"]
)
def test_a_style_number_is_no_comparison(text: str) -> None:
    assert sense(text, "Gucci") is None


@pytest.mark.parametrize(
    "text", ["Dell laptop with Intel Core", "Dell laptop with dual Intel Core", "Dell w/ Intel", "máy tính Dell với Intel"]
)
def test_a_part_is_of_another_brand(text: str) -> None:
    assert sense(text, "Intel", last="Dell", last_sense=None) == "part"


@pytest.mark.parametrize("text", ["Belkin iPhone case", "Belkin leather iPhone 6 case", "Belkin iPhone travel speaker"])
def test_an_accessory_of_one_brand_fits_another(text: str) -> None:
    assert sense(text, "iPhone", last="Belkin", last_sense=None) == "compatible"


@pytest.mark.parametrize("shop", ["新华书店", "物美超市", "王府井百货"])
def test_a_shop_tells_where_goods_are_sold(shop: str) -> None:
    assert sense(f"正版书,{shop}畅销", shop) == "seller"


def test_without_another_brand_before_nobody_else_made_the_goods() -> None:
    assert sense("laptop with Intel Core", "Intel") is None
    assert sense("iPhone case", "iPhone") is None


def test_a_brand_does_not_refer_to_itself() -> None:
    text = "Apple watch with Apple band"
    start = text.rindex("Apple")
    assert sense_of(text, start, start + 5, 1, Earlier(1, 0, 5, None)) is None
