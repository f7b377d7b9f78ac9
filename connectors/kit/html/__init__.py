"""HTML of strangers: what of it is seen, and what of it may be shown."""
