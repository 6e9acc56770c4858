"""Records that somebody says shouldn't count: said on the records page, decided by the admin."""
