"""The embedded gateway: a real HTTP server on loopback, with faults on request."""
