"""The command line: `takedown <verb>`, each verb in its own file."""
