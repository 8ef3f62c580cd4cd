"""A marketplace that never was: listings of honest and other sellers, the registry of rights, and the truth about each listing."""
