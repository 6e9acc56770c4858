"""English dates, under the names that Django looks for."""

DATETIME_FORMAT = "M j, Y, g:i A"
DATE_FORMAT = "M j, Y"
