"""Asks a gateway for its models: what `keys`, `models` and `doctor` have in common."""

import time

from tokenhub_cli.assembly import build_endpoint
from tokenhub_cli.gateway.catalog import Catalog, locate_catalog, save_catalog
from tokenhub_cli.gateway.listing import fetch_models
from tokenhub_cli.gateway.transport import Transport
from tokenhub_cli.settings.keys import Key
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import Settings


def refresh_catalog(settings: Settings, paths: Paths, key: Key | None) -> Catalog:
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


def verify_key(settings: Settings, paths: Paths, key: Key | None) -> str:
    """Return what the gateway says of a key, in a sentence; its list of models is kept.

    Args:
        settings: The settings in force.
        paths: Where the list is kept.
        key: The key, or None to ask without one.

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
