"""The apps for Faust's own command line: `faust -A pipeline.kafka.apps:dedupe worker --without-web`.

Each is made when it is first asked for.
"""

from functools import cache

from pipeline.kafka.app import StageApp, make_app
from pipeline.settings import Settings

_NAMES = {"dedupe": "dedupe", "brand_match": "brand-match", "flagging": "flagging", "fused": "fused"}


@cache
def _app(name: str) -> StageApp:
    return make_app(Settings.load(None), name)


def __getattr__(name: str) -> StageApp:
    if name not in _NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {', '.join(_NAMES)}")
    return _app(_NAMES[name])
