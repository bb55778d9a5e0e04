"""What bytes and dicts mean."""
