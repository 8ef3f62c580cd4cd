"""Rings of stores: one owner, a few stores, the same pictures, a career of some weeks after which other stores take their place."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from pipeline.simulate.brands import Brand
from pipeline.simulate.dice import pick
from pipeline.simulate.mixing import digits, mix, share
from pipeline.simulate.popularity import Popularity
from pipeline.simulate.sellers import Seller, seller

CAREER = 30.0  # days
FAKES = 22  # offers of fakes in a career, about
_PICTURES = 8
_SHARE_OF_MAIN_STORE = 0.7


@dataclass(frozen=True, slots=True)
class Ring:
    """Stores of one owner; the first one is the main store."""

    stores: tuple[Seller, ...]
    brands: tuple[Brand, ...]
    pictures: tuple[str, ...]

    def store(self, chance: Random) -> Seller:
        """Return the main store most of the time, else any."""
        return self.stores[0] if chance.random() < _SHARE_OF_MAIN_STORE else pick(chance, self.stores)


class Rings:
    """The rings at work at any time. `slots` of them work side by side; each slot's ring changes after a career."""

    def __init__(self, seed: int, popularity: Popularity[Brand], fakes_a_day: float) -> None:
        self.slots = max(1, round(fakes_a_day * CAREER / FAKES))
        self._seed, self._popularity = seed, popularity
        self._ring = lru_cache(maxsize=4 * self.slots)(self._derive)

    def at_work(self, day: float, chance: Random) -> Ring:
        """Return one of the rings that work on a day."""
        slot = int(chance.random() * self.slots)
        career = int(day / CAREER + slot / self.slots)
        return self._ring(f"{slot}.{career}")

    def _derive(self, name: str) -> Ring:
        stores = 1 + mix(self._seed, "stores", name) % 5
        return Ring(
            tuple(seller(self._seed, "counterfeiter", f"ring {name} {number}", f"ring {name}") for number in range(stores)),
            tuple(self._popularity.at(share(self._seed, "ring brand", name, number)) for number in range(3)),
            tuple(digits(self._seed, "ring picture", name, number) for number in range(_PICTURES)),
        )
