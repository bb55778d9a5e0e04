"""Settings and keys: where they come from."""
