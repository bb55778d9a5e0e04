"""The frame of a chunk in an HTTP/1.1 body (RFC 9112, section 7.1)."""

FRAME = b"\r\n\r\n"  # besides the length in hexadecimal digits


def measure_frame(piece: bytes) -> int:
    """Return how many bytes frame `piece` where the gateway frames without frills."""
    return len(b"%x" % len(piece)) + len(FRAME)


def unframe(data: bytes) -> bytes:
    """Return the content of the one chunk that `data` is, framed without frills; else nothing.

    Extensions and leading zeros are frills; digits may be of either case.
    """
    digits = data.find(b"\r\n")
    piece = data[digits + 2 : -2]
    is_chunk = data[:digits].lower() == b"%x" % len(piece) and data.endswith(b"\r\n")
    return piece if is_chunk else b""
