"""Countries, languages and currencies, and what they are called in all languages. Source: Unicode CLDR, by way of Babel."""

from functools import cache

from babel import Locale
from babel.languages import get_official_languages
from babel.localedata import locale_identifiers

from pipeline.matching.fold import pattern

_NO_COUNTRIES = frozenset(  # CLDR names unions, islands of countries and stand-ins for tests beside those of ISO 3166-1
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
_UNKNOWN = "ZZ"


@cache
def countries() -> frozenset[str]:
    """Return the codes of all countries: those of ISO 3166-1 alpha-2, and XK for Kosovo."""
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


@cache
def currencies() -> frozenset[str]:
    """Return the codes of ISO 4217, with those that are no longer used."""
    return frozenset(Locale("en").currencies)


def place_called(name: str) -> str:
    """Return what country, region or language is called so, in some language, by its English name; empty where none is."""
    return _places().get(pattern(name), "")


@cache
def _places() -> dict[str, str]:
    """Return the English names of territories and languages by what they are called, as it is searched."""
    english, found, official = Locale("en"), dict[str, str](), _official_languages()
    locales = [Locale.parse(ident) for ident in official]
    for locale in locales:
        for code in official:
            if code in locale.languages:
                found.setdefault(pattern(locale.languages[code]), f"the language {english.languages[code]}")
    for locale in locales:
        for code, name in locale.territories.items():
            if code != _UNKNOWN and len(name) > 1:
                found[pattern(name)] = english.territories.get(code, code)
    found.pop("", None)
    return found


def _official_languages() -> list[str]:
    """Return the languages that are a country's own: names in others are many, and mean little to those who list."""
    known = set(locale_identifiers())
    spoken = {language for country in sorted(countries()) for language in get_official_languages(country, de_facto=True)}
    return sorted((spoken & known) | {"zh_Hant"})
