"""Ways to reach a person: one folder or file each, by name."""
