"""The web pages: Django's settings, the addresses, what every page has in common, the pages themselves."""
