"""The worked company: small enough to add up by hand."""
