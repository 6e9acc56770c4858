"""Telling: the list of alerts and what one does about them, one's messages, reviews, the work behind the pages."""
