"""What stays on disk: history, and the answer in flight."""
