"""Where goods are sold: language, money and countries of each marketplace."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marketplace:
    """One marketplace. `rate` is what a unit of its currency is worth in CNY; `step` the smallest amount that prices are rounded to."""

    name: str
    language: str
    currency: str
    rate: float
    step: float
    countries: tuple[str, ...]
    ships_from: tuple[str, ...]
    weight: float  # share of all sellers

    def money(self, cny: float) -> str:
        """Return an amount of CNY in this marketplace's currency, as it stands in a listing; never below one step."""
        steps = max(1, round(cny / self.rate / self.step))
        return f"{steps * self.step:.0f}" if self.step >= 1 else f"{steps * self.step:.2f}"


MARKETPLACES = (
    Marketplace("cn", "zh", "CNY", 1.0, 0.1, ("CN",), ("CN",), 0.36),
    Marketplace("us", "en", "USD", 6.64, 0.01, ("US", "CA"), ("US", "CN", "US", "CN", "HK"), 0.24),
    Marketplace("vn", "vi", "VND", 0.000298, 1000, ("VN",), ("VN", "VN", "CN"), 0.15),
    Marketplace("id", "id", "IDR", 0.000503, 500, ("ID",), ("ID", "ID", "CN"), 0.15),
    Marketplace("eu", "en", "EUR", 7.35, 0.01, ("DE", "FR", "ES", "IT"), ("DE", "CN", "FR", "ES"), 0.10),
)


def marketplace_at(share: float) -> Marketplace:
    """Return the marketplace at a share, from 0 to below 1, of all sellers."""
    for marketplace in MARKETPLACES:
        share -= marketplace.weight
        if share < 0:
            return marketplace
    return MARKETPLACES[-1]
