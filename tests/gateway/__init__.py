"""Specifies tokenhub_cli.gateway, against real sockets on loopback."""
