"""How templates write instants, language by language: as `dashboards/written.py` does, which follows CLDR."""
