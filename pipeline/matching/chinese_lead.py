"""The lead in Chinese: where sellers put a brand that is also a word (二手联想笔记本, 苹果专卖店, xiaomi/小米, 苹果6plus).

First in a text, after no more than condition, audience, quantity and origin; after what vouches for goods; before what a shop calls
itself; or joined with Latin letters, which a brand has in common with its models and a thing has not.
"""

import re

from pipeline.matching.chinese import chinese_places
from pipeline.matching.everyday import is_word
from pipeline.matching.lead import LONGEST_OPENING

_VOUCHED = "正品|品牌|牌子|全新|二手|原装|原裝|原厂|原廠|专柜|專櫃|官方|官网|官網|代购|代購|国行|行货|行貨|保真|正版|授权|授權|进口|進口"
_OFFERED = "新品|新款|包邮|包郵|特价|特價|促销|促銷|现货|現貨|热卖|爆款|限量|经典|店铺|男女?|女|儿童|成人|春|夏|秋|冬|款"
_ORIGINS = "日本|韩国|韓國|中国|中國|美国|美國|英国|英國|德国|德國|法国|法國|意大利|台湾|台灣|泰国|瑞士|荷兰|澳洲|澳大利亚|香港|澳门"
_LONGEST_PLACE = 3  # characters
_OPENING = re.compile(rf"(?:[\W_]|{_VOUCHED}|{_OFFERED}|{_ORIGINS}|\d+(?:年|只|个|件|套|[xX])?)*+")
_AFTER_MARK = re.compile(rf"(?:{_VOUCHED}|{_ORIGINS})[\W_]*$")
_BEFORE_MARK = re.compile(r"[\W_]*(?:旗[舰艦]|官方|官网|官網|专[卖柜营]|專[賣櫃營]|正品|品牌|牌(?!子)|授[权權]|公司|集[团團])")
_LATIN_BEFORE = re.compile(r"([A-Za-z]{2,})\s?/?\s?$")
_LATIN_AFTER = re.compile(r"\s?/?\s?([A-Za-z]{2,}|[A-Za-z]\d)")
_MEASURE = r"(?:[gkm]?[bglmw]|[cmk]?m|kg|pcs?|xl|x|v|ah|mah|d)(?![A-Za-z])"
_COUNTED = "个元斤只件条块月年天层寸号米片支瓶箱袋盒包套双张本台区岁人次点钱币折款种"
_UNIT = rf"{_MEASURE}|[\d.,]*\s*[{_COUNTED}%=×*-]"
_MODEL_AFTER = re.compile(rf"\s?\d{{1,4}}(?!\d|{_UNIT})", re.IGNORECASE)
_REACH = 12


def leads_in_chinese(text: str, start: int, end: int) -> bool:
    """Tell whether a Chinese word at text[start:end] stands where a seller would put the brand."""
    return (
        _opens(text, start)
        or _AFTER_MARK.search(text, max(start - _REACH, 0), start) is not None
        or _BEFORE_MARK.match(text, end) is not None
        or _is_joined_with_latin(text, start, end)
        or _MODEL_AFTER.match(text, end) is not None
    )


def _opens(text: str, start: int) -> bool:
    """Tell whether nothing but what may stand before a brand comes before `start`. Places are taken off from the end."""
    if start <= LONGEST_OPENING and _OPENING.fullmatch(text, 0, start):
        return True
    return any(text[max(start - length, 0) : start] in chinese_places() for length in range(2, _LONGEST_PLACE + 1))


def _is_joined_with_latin(text: str, start: int, end: int) -> bool:
    """Tell whether Latin letters stand before or after that are no everyday word: the same brand, or its model."""
    before, after = _LATIN_BEFORE.search(text, max(start - _REACH, 0), start), _LATIN_AFTER.match(text, end)
    return any(found is not None and not is_word(found[1].casefold()) for found in (before, after))
