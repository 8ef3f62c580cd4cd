"""Reference use: the name does not say who made the goods, but what they go with, resemble, contain, or are not.

- *compatible*: `case for iPhone`, `适用于`, `iPhone compatible`, and `Belkin iPhone case` after another brand's name
- *comparison*: `inspired by Gucci`, `dupe for`, `Gucci style`, `香奈儿同款`: no use as a brand, and no excuse either
- *part*: `laptop with Intel Core` after another brand's name: who made a part of them
- *seller*: 新华书店: the name says that it is a shop's, so it tells where goods are sold
- *denied*: `not Nike`, `unlike`, `非`

What stands right before the name tells, or right after it. In a list, what is said of its first name holds for all, over the models
between (`for iPhone 6/7/8/X, Galaxy S9`).
"""

import re
from typing import NamedTuple, cast

from pipeline.events.match import Sense

REACH = 40  # characters before a name that are looked at


class Earlier(NamedTuple):
    """A name that was found before in the same text."""

    owner: int
    start: int
    end: int
    sense: Sense | None


_COMPATIBLE = (
    # en
    r"(?<!\w)(?:for|fits?|suits|compatible(?: with)?|works? with|replaces|all types?)",
    # vi, id
    r"(?<!\w)(?:cho|dành cho|dùng cho|tương thích với|phù hợp với|thay thế)",
    r"(?<!\w)(?:untuk|buat|kompatibel dengan|cocok untuk|pengganti)",
    # de, fr, es, it
    r"(?<!\w)(?:für|passend zu|kompatibel mit|pour|compatible avec|para|compatible con|per|compatibile con)",
    # zh
    r"(?:适用于|适用|適用於|適用|通用于|通用於|兼容|适配|適配|适合|適合|用于|用於|替代|匹配|配)",
)
_COMPARISON = (
    # en
    r"(?<!\w)(?:inspired by|inspiration of|dupes? (?:of|for)|dupe|alternatives? (?:to|for|of)|similar to|(?:in the )?style of|looks? like)",
    r"(?<!\w)(?:smells? like|version of|impressions? of|compar(?:e|ed|able|es) (?:to|with)|equivalent (?:to|of)|reminiscent of|type of)",
    # vi, id
    r"(?<!\w)(?:lấy cảm hứng từ|cảm hứng từ|phong cách|kiểu|giống|tương tự|tựa)",
    r"(?<!\w)(?:terinspirasi(?: dari| oleh)?|mirip(?: dengan)?|ala|gaya|alternatif|setara(?: dengan)?|seperti)",
    # de, fr, es, it
    r"(?<!\w)(?:inspiriert von|im stil von|ähnlich wie|inspirée?s? (?:de|par))",
    r"(?<!\w)(?:inspirad[oa]s? (?:en|por)|estilo|tipo|ispirat[oaie] a|stile)",
    # zh
    r"(?:类似于|类似|類似|媲美|平替|风格如|灵感来自|灵感源自|靈感來自)",
)
_DENIED = (
    r"(?<!\w)(?:not(?: an?)?|isn'?t(?: an?)?|unlike|no relation to|không phải|bukan|kein|nicht von|non è|no es)",
    r"(?:非|不是|并非|並非)",
)
_PART = r"(?<!\w)(?:with|w/|featuring|powered by|mit|avec|với|dengan)|搭载|搭載|采用|採用"
_FILLER = r"[\s:：\-–(（\[【]*(?:(?:the|your|all|new|der|die|das|les?|la)\s+)*\s*$"


def _either(**markers: str) -> str:
    """Return one pattern in which the group that matched names the sense."""
    return "|".join(f"(?P<{sense}>{pattern})" for sense, pattern in markers.items())


_AND = r"\b(?:and|or|và|hoặc|dan|atau|und|oder|et|ou|y|o|e)\b|[,/&+、，;|]|和|与|與|或|及"
_INNER_CAPITAL = r"(?-i:\w{0,15}[a-z][A-Z]\w{0,15})"
_UNKNOWN = rf"{_INNER_CAPITAL}(?:\s+\w{{1,6}})?\s*(?:{_AND})"  # `for iPhone 6 and`: made goods, whoever they are of
_MARKERS = _either(comparison="|".join(_COMPARISON), compatible="|".join(_COMPATIBLE), denied="|".join(_DENIED))
_BEFORE = re.compile(rf"(?:{_MARKERS})(?:\s*{_UNKNOWN})?{_FILLER}", re.IGNORECASE)
_MODEL_WORD = r"(?:(?=\w{0,20}\d)\w{1,20}\s+)?"
_GOES_WITH = r"(?:compatible|kompatibel)\b|tương thích|专用|專用|适用|適用"
_IS_LIKE = r"(?:inspired|dupes?|look-?alikes?)\b|style\b(?!\s*(?:#|no\b|code|number|\w*\d))|同款|风格|風格|平替"
_AFTER = re.compile(rf"[\s\-]*(?:{_MODEL_WORD}{_either(compatible=_GOES_WITH)}|{_either(comparison=_IS_LIKE)})", re.IGNORECASE)
_SHOP = re.compile(r".*(?:书店|書店|书城|書城|超市|商城|商场|商場|百货|百貨|药房|藥房|药店|藥店|便利店)")
_WITH = re.compile(rf"(?:{_PART})\s*(?:\w+\s+)?$", re.IGNORECASE)
_ACCESSORY = re.compile(
    r"(?:\s+[\w.\-]+){0,2}?\s+(?:cases?|covers?|sleeves?|skins?|protectors?|chargers?|charging|cables?|docks?|docking|speakers?|mounts?|holders?"
    r"|adapt[eo]rs?|stands?|connectors?|straps?|kits?|cartridges?|toners?|remotes?|ốp|bao da)\b",
    re.IGNORECASE,
)
_MODELS = r"(?:(?:\w{0,10}\d\w{0,10}|plus|pro|max|mini|edge|note|ultra|lite|air|series|se|x|xs|xr)\b[\s+.]*|[,/&+、，;|]\s*|(?:and|or)\s+)"
_LINK = re.compile(rf"\s*(?:[\s\w.\-]{{0,20}}?\s*(?:{_AND})\s*)?|\s*{_MODELS}{{1,20}}", re.IGNORECASE)


def sense_of(text: str, start: int, end: int, owner: int, last: Earlier | None) -> Sense | None:
    """Return in which sense the name at text[start:end] is a mere reference; None where it is used as a brand.

    `owner` tells whose name it is, and `last` the name found before it in the text, if there is one.
    """
    marker = _BEFORE.search(text, max(start - REACH, 0), start) or _AFTER.match(text, end)
    if marker is not None:
        return cast(Sense, marker.lastgroup)
    if _SHOP.fullmatch(text, start, end):
        return "seller"
    if last is None:
        return None
    if last.sense is not None and last.end <= start <= last.end + REACH and _LINK.fullmatch(text, last.end, start):
        return last.sense
    return _beside_another(text, start, end) if last.owner != owner and last.sense is None else None


def _beside_another(text: str, start: int, end: int) -> Sense | None:
    """Return what a name is after another brand has been named: that one made the goods."""
    if _WITH.search(text, max(start - REACH, 0), start):
        return "part"
    return "compatible" if _ACCESSORY.match(text, end) else None
