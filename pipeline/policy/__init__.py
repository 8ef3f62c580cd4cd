"""The policy: a versioned file of weights, thresholds, rules, caps and presets."""
