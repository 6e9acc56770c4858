"""Where records come from: one folder a source. ``files`` is the simplest; copy it."""
