"""Connects to the gateway before the first question, and learns which models it offers.

One `GET /models` in a thread of its own does both: the connection stays open for the answers. A
question does not wait long for it: `end` shuts the socket down where the gateway is slow. Failures
are silent, for nothing was asked yet; the first question meets them again and reports them.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from tokenhub_cli.errors import TokenHubError
from tokenhub_cli.gateway.client import GatewayClient

PATIENCE_S = 0.3  # how long a question waits for a list that is under way
GRACE_S = 1.0  # how long the thread may take to notice that its socket was shut down


class WarmUp:
    """One warm-up under way, from the moment this is made.

    `models` are the names on offer: those that were kept before, until the gateway has answered.

    Args:
        make_client: Gives the client; called in the thread, for it imports the HTTP client.
    """

    def __init__(self, make_client: Callable[[], GatewayClient]) -> None:
        self.models: tuple[str, ...] = ()
        self._make_client = make_client
        self._client: GatewayClient | None = None
        self._deciding = threading.Lock()
        self._is_over = False
        self._is_left = False
        self._thread = threading.Thread(target=self._run, name="tokenhub-warmup", daemon=True)
        self._thread.start()

    def end(self) -> bool:
        """Wait a little for the end, or bring it about; return whether the connection is free.

        If it is not, it is left to the thread, which closes it; from then on another one is spoken
        of.
        """
        if self._is_left:
            return True
        self._thread.join(PATIENCE_S)
        if self._thread.is_alive():
            self._abort()
            self._thread.join(GRACE_S)
        return self._leave_to_thread()

    def leave(self) -> bool:
        """Give the list up without waiting for it; return, as `end` does, whose the connection is.

        To close a client that is connecting at that moment would leave its socket open.
        """
        if self._is_left:
            return True
        self._abort()
        return self._leave_to_thread()

    def _abort(self) -> None:
        if self._client is not None:
            self._client.transport.abort()

    def _leave_to_thread(self) -> bool:
        """Leave the client to the thread, unless it is done with it; return whether it is."""
        with self._deciding:
            self._is_left = not self._is_over
            return self._is_over

    def _run(self) -> None:
        try:
            with suppress(TokenHubError):
                self._learn_models()
        finally:
            with self._deciding:
                self._is_over = True
                is_left = self._is_left
            if is_left and self._client is not None:
                self._client.close()

    def _learn_models(self) -> None:
        from tokenhub_cli.gateway.catalog import locate_catalog, read_catalog, save_catalog
        from tokenhub_cli.gateway.listing import fetch_models

        client = self._client = self._make_client()
        directory = client.models_directory
        if directory is None:
            self.models = fetch_models(client.transport)
            return
        path = locate_catalog(directory, client.transport.endpoint.base_url)
        kept = read_catalog(path, time.time())
        self.models = kept.names if kept is not None else ()
        self.models = fetch_models(client.transport)
        save_catalog(path, self.models)
