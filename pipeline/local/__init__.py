"""The embedded runner: the stages over files, in one process, with no broker."""
