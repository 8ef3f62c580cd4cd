"""What all events are made of: immutable values, each of which has one JSON form."""

from msgspec import Struct


class Value(Struct, frozen=True, omit_defaults=True, gc=False):
    """An immutable value, or an event. A field that holds its default is left out where it is written.

    msgspec leaves a default out where it is the very object: None, a bool, a small number or (), never a text, which may come as another
    object of equal value. It tells the garbage collector nothing of these values: frozen as they are, they hold no cycle.
    """
