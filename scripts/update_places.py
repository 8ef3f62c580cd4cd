"""Make pipeline/care/data/places.tsv from Unicode CLDR, by way of Babel: countries, languages and currencies, and what they are called.

python -m scripts.update_places

Kept are the names in the official languages of all countries: names in others are many, and mean little to those who list.
"""

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from babel import Locale
from babel.languages import get_official_languages
from babel.localedata import locale_identifiers

FOLDER = Path(__file__).parent.parent / "pipeline/care/data"
_NO_COUNTRIES = frozenset(  # CLDR names unions, islands of countries and stand-ins for tests beside those of ISO 3166-1
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
_UNKNOWN = "ZZ"
_HEADER = """# Made by scripts/update_places.py from Unicode CLDR as Babel {version} has it; see LICENSE-unicode.
# kind, code, English name, and what it is called in the official languages of all countries
"""


def countries() -> frozenset[str]:
    """Return the codes of ISO 3166-1 alpha-2, and XK for Kosovo."""
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


def official_languages() -> list[str]:
    """Return the languages that are a country's own, and Chinese in both scripts."""
    spoken = {language for country in sorted(countries()) for language in get_official_languages(country, de_facto=True)}
    return sorted((spoken & set(locale_identifiers())) | {"zh_Hant"})


def rows() -> Iterator[tuple[str, ...]]:
    """Yield kind, code, English name, and the names, each once; currencies have none."""
    english, official = Locale("en"), official_languages()
    locales = [Locale.parse(ident) for ident in official]
    for code, name in sorted((str(code), name) for code, name in english.territories.items()):
        if code != _UNKNOWN:
            kind = "country" if code in countries() else "region"
            yield kind, code, name, *_names(locale.territories.get(code, "") for locale in locales)
    for code in official:
        if code in english.languages:
            yield "language", code, english.languages[code], *_names(locale.languages.get(code, "") for locale in locales)
    for code, name in sorted(english.currencies.items()):
        yield "currency", code, name


def _names(given: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(given) if len(name) > 1]


def main() -> None:
    """Write the table, with the version that it was made from, and the licence."""
    lines = ["\t".join(row) for row in rows()]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "places.tsv").write_text(_HEADER.format(version=version("babel")) + "\n".join(lines) + "\n", encoding="utf-8")
    licence = files("babel").joinpath("locale-data", "LICENSE.unicode").read_text(encoding="utf-8")
    said = "places.tsv is made from the Unicode Common Locale Data Repository; it was modified: only some names are kept.\n\n"
    (FOLDER / "LICENSE-unicode").write_text(said + licence, encoding="utf-8")


if __name__ == "__main__":
    main()
