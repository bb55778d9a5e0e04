"""Asks a gateway for its models: what `keys`, `models` and `doctor` have in common."""

import time

from tokenhub_cli.gateway.catalog import Catalog, locate_catalog, save_catalog
from tokenhub_cli.gateway.listing import fetch_models
from tokenhub_cli.gateway.transport import Endpoint, Transport
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import Settings


def build_endpoint(settings: Settings, key: str) -> Endpoint:
    """Return how to speak to the gateway in force.

    Args:
        settings: The settings in force.
        key: The key to send, or an empty string.
    """
    return Endpoint(
        base_url=settings.base_url,
        key=key,
        headers=settings.headers,
        connect_timeout=settings.connect_timeout,
        first_token_timeout=settings.first_token_timeout,
        idle_timeout=settings.idle_timeout,
    )


def refresh_catalog(settings: Settings, paths: Paths, key: str) -> Catalog:
    """Ask the gateway in force for its models, and keep the list.

    Raises:
        GatewayError: The list could not be had.
    """
    transport = Transport(build_endpoint(settings, key))
    try:
        names = fetch_models(transport)
    finally:
        transport.close()
    save_catalog(locate_catalog(paths.models_directory, settings.base_url), names)
    return Catalog(names)


def verify_key(settings: Settings, paths: Paths, key: str) -> str:
    """Return what the gateway says of a key, in a sentence; its list of models is kept.

    Args:
        settings: The settings in force.
        paths: Where the list is kept.
        key: The key, or an empty string to ask without one.

    Raises:
        RefusedKeyError: The gateway refused it.
        GatewayError: The gateway could not be asked.
    """
    begun = time.monotonic()
    names = refresh_catalog(settings, paths, key).names
    elapsed = time.monotonic() - begun
    count = f"{len(names):,} model{'' if len(names) == 1 else 's'}"
    sentence = f"the gateway answered in {elapsed:.2f} s and offers {count}"
    if names and settings.model not in names:
        sentence += f"; `{settings.model}`, the model in force, is not among them"
    return sentence
