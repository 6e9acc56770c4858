"""Who may do what, over whose rows: the rules, and the doors by which everything goes."""
