"""Near-duplicates: listings that offer the same goods in other words, or with the picture saved anew."""
