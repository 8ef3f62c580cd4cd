"""The catalogue of the kinds of faults, each with its fix."""

from pipeline.care.fault import Kind

# -- lines

INVALID = Kind(
    "invalid-line",
    "error",
    "the line is no right",
    "mend the line: `takedown schema rights` says what it may hold; `rights load` publishes nothing while it stands",
    "leave-out",
)
REPLACED = Kind(
    "duplicate-right",
    "warning",
    "a later line has the same right_id and replaces this one",
    "keep one line, or give the other right an id of its own",
    "leave-out",
)

# -- names

ALIAS_OF_ANOTHER = Kind(
    "alias-of-another",
    "error",
    "an alias is what another brand is called",
    "drop the alias: it would give that brand's goods to this one",
    "drop",
)
PLACE_ALIAS = Kind(
    "place-alias",
    "error",
    "an alias is the name of a country, a region or a language",
    "drop the alias, or keep it in shadow: it stands in listings of all brands",
    "shadow",
)
SHARED_ALIAS = Kind(
    "shared-alias",
    "warning",
    "several brands have the same alias",
    "leave it to the brand that is meant by it, or keep it in shadow",
    "shadow",
)
EVERYDAY_ALIAS = Kind(
    "everyday-alias",
    "warning",
    "an alias is an everyday word, or one of the trade",
    "drop the alias, or keep it in shadow until its matches have been looked at (`rights diff`)",
    "shadow",
)
FRAGMENT_ALIAS = Kind(
    "fragment-alias",
    "warning",
    "an alias stands within the names of many other brands",
    "write more of the name, or keep it in shadow",
    "shadow",
)
SHORT_ALIAS = Kind(
    "short-alias",
    "warning",
    "an alias has two letters, not both capitals",
    "write more of the name, or keep it in shadow: two letters are sizes, units and parts of models as well",
    "shadow",
)
UNSEARCHED_ALIAS = Kind(
    "unsearchable-alias",
    "warning",
    "an alias is too short to be searched, or a mere number",
    "drop the alias: it is never found",
    "drop",
)
ALIAS_TWICE = Kind("alias-twice", "note", "an alias is the brand's name, or stands twice, letter for letter", "drop one of the two", "drop")
SAME_ALIAS = Kind(
    "redundant-alias", "note", "an alias is searched as the brand's name or another alias of it", "drop it: both are found by either"
)
SHARED_NAME = Kind(
    "shared-name",
    "warning",
    "several brands are called the same where they hold",
    "give each its territories, or make one brand of them; where both stay, each listing touches both",
)
UNSEARCHED_NAME = Kind(
    "unsearchable-name",
    "warning",
    "the brand's name is too short to be searched, or a mere number",
    "name aliases in which the brand is written: its own name is never found",
)
SHORT_NAME = Kind(
    "short-name",
    "note",
    "the brand's name, or an alias in capitals, has two letters",
    "none is needed: it is found in its registered capitals, and in texts of small letters or capitals alone",
)
EVERYDAY_NAME = Kind(
    "everyday-name",
    "note",
    "the brand's name is an everyday word, and the right does not say so",
    "set common_word, and name context words, one of which must stand in the listing",
)
PLACE_NAME = Kind(
    "place-name",
    "note",
    "the brand's name is that of a country, a region or a language",
    "set common_word, and name context words, one of which must stand in the listing",
)
NAMES_UNSEARCHED = Kind(
    "aliases-of-no-trademark",
    "note",
    "the right has aliases, and is no trademark",
    "none is needed: names of trademarks alone are searched",
)

# -- context

COMMON_WITHOUT_CONTEXT = Kind(
    "common-word-without-context",
    "warning",
    "the name is marked as a common word, and no context tells which sense is meant",
    "name context words: the goods, their category, the maker",
)
CONTEXT_WITHOUT_COMMON = Kind(
    "context-unused",
    "note",
    "context words stand beside a name that is not marked as a common word",
    "set common_word, or drop the context",
)
EMPTY_CONTEXT = Kind(
    "empty-context", "error", "a context word has no letter or digit, and so fits every listing", "write a word, or drop it", "drop"
)

# -- times, territories, sellers, prices

NEVER_VALID = Kind("never-valid", "error", "valid_until is not after valid_from", "mend the times: the right never holds")
EXPIRED = Kind("expired", "warning", "the right has expired", "renew it with a new valid_until, or withdraw it")
NOT_YET_VALID = Kind("not-yet-valid", "note", "the right does not hold yet", "none is needed")
WITHDRAWN = Kind("withdrawn", "note", "the right is withdrawn", "none is needed: it matches nothing, and ends what is open")
UNKNOWN_TERRITORY = Kind(
    "unknown-territory",
    "error",
    "a territory is no country of ISO 3166-1",
    "write the code of the country (GB, not UK); for a union (EU) name its members: a listing names countries",
)
SELLER_TWICE = Kind(
    "seller-twice", "note", "an authorised seller is named twice for the same", "drop the entry that says no more than the other", "drop"
)
SELLER_EXPIRED = Kind("authorisation-expired", "note", "an authorisation has ended", "renew it, or drop it")
PRICES_CROSSED = Kind(
    "price-range-reversed", "error", "the low end of a price range is above its high end", "exchange the two, or mend them"
)
PRICE_OF_NOTHING = Kind(
    "price-zero", "error", "a price range begins at nothing", "write what genuine goods cost: below nothing is no price, so it says nothing"
)
PRICES_TWICE = Kind("prices-twice", "warning", "a category has two price ranges in one currency", "keep one: the first is used")
UNKNOWN_CURRENCY = Kind("unknown-currency", "error", "a currency is none of ISO 4217", "write the currency's code, of three letters")

# -- images

NO_HASH = Kind(
    "image-without-hash", "warning", "an image has no hash", "compute its phash, or PDQ with quality; without, it is never found", "drop"
)
FLAT_HASH = Kind(
    "flat-hash",
    "error",
    "a hash says nothing of its image: one colour, or a simple pattern",
    "drop the hash: it would be near every other plain picture",
    "drop",
)
POOR_PDQ = Kind("poor-pdq", "warning", "a PDQ hash is of quality below 50, at which its authors discard it", "take a sharper picture")
PDQ_WITHOUT_QUALITY = Kind("pdq-without-quality", "note", "a PDQ hash comes without its quality", "give pdq_quality")
IMAGE_TWICE = Kind("image-twice", "note", "an image stands twice in one right", "drop one of the two", "drop")
IMAGE_OF_BOTH = Kind(
    "image-of-both", "error", "the same hash is of genuine and of counterfeit goods", "look at the picture, and keep one of the two"
)
IMAGE_SHARED = Kind(
    "image-of-several-brands",
    "warning",
    "several brands have the same hash",
    "look at the picture: a stock picture or a placeholder belongs to none",
)

KINDS: tuple[Kind, ...] = tuple(kind for kind in list(globals().values()) if isinstance(kind, Kind))
