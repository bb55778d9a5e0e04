"""Events to characters."""
