"""Finds the names of brands in texts, however they are written."""
