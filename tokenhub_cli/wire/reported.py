"""Tells a JSON document that reports an error from one that does not.

Every chunk of a stream is asked this, so it stands apart from what reads the error in full
(`wire/complaint.py`), which is imported only once there is one.
"""


def find_error(document: object) -> object | None:
    """Return the part of a JSON document that reports an error, or None if none does.

    An empty `error` is none: some gateways send the field with every chunk.
    """
    if isinstance(document, list):
        document = next((item for item in document if isinstance(item, dict)), None)
    if not isinstance(document, dict):
        return None
    error: object = document.get("error")
    if error and not (isinstance(error, dict) and not any(error.values())):
        return error
    is_error = document.get("object") == "error" or document.get("success") is False
    if not is_error and "choices" not in document:
        message = document.get("message")
        is_error = bool(document.get("detail") or document.get("errors")) or (
            "object" not in document and isinstance(message, str) and message != ""
        )
    return document if is_error else None
