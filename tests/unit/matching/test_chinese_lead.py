import pytest

from pipeline.matching.chinese_lead import leads_in_chinese


@pytest.mark.parametrize(
    "text",
    [
        "苹果电脑",
        "【苹果】电脑",
        "全新苹果电脑",
        "2017秋冬新款苹果外套",
        "厚外套正品苹果",
        "厚外套,日本苹果",
        "厚外套上海苹果",
        "蓝色苹果专卖店",
        "蓝色苹果旗舰店",
        "蓝色苹果牌",
        "蓝色xiaomi/苹果",
        "蓝色苹果zenphone",
        "蓝色苹果6plus",
        "蓝色苹果7手机壳",
        "蓝色苹果t57",
    ],
)
def test_where_sellers_put_a_brand(text: str) -> None:
    start = text.index("苹果")
    assert leads_in_chinese(text, start, start + 2)


@pytest.mark.parametrize(
    "text", ["新鲜水果苹果", "水果苹果5斤", "水果苹果 10个", "蓝色苹果100元", "水果box苹果", "水果苹果juice", "蓝色苹果牌子好"]
)
def test_where_sellers_put_a_thing(text: str) -> None:
    start = text.index("苹果")
    assert not leads_in_chinese(text, start, start + 2)
