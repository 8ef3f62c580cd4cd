import pytest

from pipeline.care.geography import countries, currencies, place_called


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("中国", "China"),
        ("中國", "China"),
        ("VIỆT NAM", "Vietnam"),
        ("Deutschland", "Germany"),
        ("Europa", "Europe"),
        ("Français", "the language French"),
        ("Nike", ""),
        ("", ""),
        ("&", ""),
    ],
)
def test_places_and_languages_are_known_by_their_names_in_any_language(name: str, place: str) -> None:
    assert place_called(name) == place


def test_countries_and_currencies_are_those_of_iso() -> None:
    assert {"CN", "VN", "GB", "XK"} <= countries()
    assert countries().isdisjoint({"EU", "UK", "UN", "ZZ", "001"})
    assert len(countries()) == 250
    assert {"CNY", "VND", "EUR"} <= currencies()
    assert "RMB" not in currencies()
