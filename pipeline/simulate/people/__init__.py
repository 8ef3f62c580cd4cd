"""The people of the marketplace: who report, answer, object and decide, and react to what the pipeline does, in event time."""
