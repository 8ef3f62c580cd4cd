"""Words are complete in each language, and each does what its list says under the default policy's vocabulary."""

import string

import pytest

from pipeline.policy.lexicon import Lexicon
from pipeline.policy.loader import default_text, parse
from pipeline.simulate.trades import LANGUAGES
from pipeline.simulate.wording import wording

SLOTS = {"brand", "line", "adjective", "noun", "colour", "extra", "accessory"}


def lexicon() -> Lexicon:
    return parse(default_text(), "default.toml").lexicon


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_name_known_slots_only(language: str) -> None:
    words = wording()[language]
    assert slots(words.title) == SLOTS - {"accessory"}
    for template in words.reference:
        assert {"brand", "accessory"} <= slots(template) <= SLOTS - {"extra"}
    for template in words.innocent:
        assert slots(template) <= {"colour", "noun", "adjective"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everyday_words_are_no_replica_vocabulary(language: str) -> None:
    words = wording()[language]
    for text in (*words.adjectives, *words.colours, *words.extras, *words.used, *words.sentences, *words.hints):
        assert not list(lexicon().find(text)), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_replica_words_are_replica_vocabulary(language: str) -> None:
    known = [bool(list(lexicon().find(text))) for text in wording()[language].replica]
    assert sum(known) >= 0.8 * len(known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_list_is_empty_or_names_a_word_twice(language: str) -> None:
    words = wording()[language]
    for listed in (words.adjectives, words.colours, words.extras, words.reference, words.used, words.genuine, words.denials, words.replica):
        assert len(set(listed)) == len(listed) >= 3
