"""What people read: the reason of a decision and the hint of a refusal, by a template a code and language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

LANGUAGES = ("en", "zh")
_UNNAMED = "?"

Kind = Literal["reasons", "hints"]


class _Words(dict[str, str]):
    def __missing__(self, _name: str) -> str:
        return _UNNAMED


def text(code: str, language: str | None, fallback: str, words: Mapping[str, str]) -> str:
    """Return the reason of a signal in a language (`zh-CN` is `zh`), or in the fallback where there is no template for it."""
    return _filled("reasons", code, language, fallback, words)


def hint(code: str, language: str | None, fallback: str, words: Mapping[str, str]) -> str:
    """Return what a notifier is told with an outcome, in a language, or in the fallback where there is no template for it."""
    return _filled("hints", code, language, fallback, words)


def _filled(kind: Kind, code: str, language: str | None, fallback: str, words: Mapping[str, str]) -> str:
    spoken = (language or fallback).partition("-")[0].lower()
    return templates(spoken if spoken in LANGUAGES else fallback, kind)[code].format_map(_Words(words))


@cache
def templates(language: str, kind: Kind = "reasons") -> dict[str, str]:
    """Return the templates of a language, by code."""
    return tomllib.loads(files("pipeline.policy").joinpath(kind, f"{language}.toml").read_text(encoding="utf-8"))
