"""What happens to the workers when everything around them fails, and whether anything was lost, added or done twice."""
