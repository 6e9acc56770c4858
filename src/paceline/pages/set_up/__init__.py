"""What the admin decides for the company: settings, stages, roles, own metrics, sources. Kept in ``paceline.toml``."""
