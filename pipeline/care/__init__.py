"""Care for the registry: what is wrong with rights, how to mend it, and what a change of them would do."""
