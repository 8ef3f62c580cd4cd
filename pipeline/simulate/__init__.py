"""A marketplace that never was: listings of honest and other sellers, the registry of rights, people who react, and the truth about all."""
