"""The human-readable reason: a template a code and language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh")
_UNNAMED = "?"


class _Words(dict[str, str]):
    def __missing__(self, _name: str) -> str:
        return _UNNAMED


def text(code: str, language: str | None, fallback: str, words: Mapping[str, str]) -> str:
    """Return the reason of a signal in a language (`zh-CN` is `zh`), or in the fallback where there is no template for it."""
    spoken = (language or fallback).partition("-")[0].lower()
    return templates(spoken if spoken in LANGUAGES else fallback)[code].format_map(_Words(words))


@cache
def templates(language: str) -> dict[str, str]:
    """Return the templates of a language, by code."""
    return tomllib.loads(files("pipeline.policy").joinpath("reasons", f"{language}.toml").read_text(encoding="utf-8"))
