"""What several test packages share: gateways, terminals, scripted servers."""
