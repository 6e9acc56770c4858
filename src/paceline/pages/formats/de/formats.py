"""German dates, under the names that Django looks for."""

DATETIME_FORMAT = "d.m.Y, H:i"
DATE_FORMAT = "d.m.Y"
