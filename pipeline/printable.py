"""Text from outside, made so that it cannot steer what shows it."""


def printable(text: str) -> str:
    """Return a text from outside so that it cannot steer the terminal; what cannot be seen is written as its code point."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
