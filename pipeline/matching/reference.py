"""Reference use: the name says what the goods go with (`case for iPhone`, `适用于`), or what they are not (`not Nike`).

What stands right before the name tells, or right after it (`iPhone compatible`, 专用). In a list, what is said of its first name holds
for all.
"""

import re

REACH = 40  # characters before a name that are looked at
_MARKERS = (
    # en
    r"(?<!\w)(?:for|fits?|suits|compatible(?: with)?|works? with|replaces|all types?)",
    r"(?<!\w)(?:not|isn'?t|unlike)",
    # vi, id
    r"(?<!\w)(?:cho|dành cho|dùng cho|tương thích với|phù hợp với|thay thế|không phải)",
    r"(?<!\w)(?:untuk|buat|kompatibel dengan|cocok untuk|bukan)",
    # de, fr, es, it
    r"(?<!\w)(?:für|passend zu|kompatibel mit|pour|compatible avec|para|compatible con|per|compatibile con)",
    # zh
    r"(?:适用于|适用|通用于|兼容|适配|适合|用于|替代|匹配|配|非|不是)",
)
_BEFORE = re.compile(rf"(?:{'|'.join(_MARKERS)})[\s:：\-–(（\[【]*(?:(?:the|your|all|new|der|die|das|les?|la)\s+)*\s*$", re.IGNORECASE)
_AFTER = re.compile(r"[\s\-]*(?:(?=\w{0,20}\d)\w{1,20}\s+)?(?:(?:compatible|kompatibel)\b|tương thích|专用|适用)", re.IGNORECASE)
_AND = r"\b(?:and|or|và|hoặc|dan|atau|und|oder|et|ou|y|o|e)\b|[,/&+、，;|]|和|与|或|及"
_LINK = re.compile(rf"\s*(?:[\s\w.\-]{{0,20}}?\s*(?:{_AND})\s*)?", re.IGNORECASE)


def is_reference(text: str, start: int, end: int, last: tuple[int, int] | None) -> bool:
    """Tell whether the name at text[start:end] is a mere reference. `last` is where the reference before it stands, if there is one."""
    if _BEFORE.search(text, max(start - REACH, 0), start) or _AFTER.match(text, end):
        return True
    return last is not None and last[1] <= start <= last[1] + REACH and _LINK.fullmatch(text, last[1], start) is not None
