"""The address of the service → its manifest: what it offers and where, as clients read it first.

In: scheme and host. Out: the manifest of version 0.2 of the Reconciliation Service API.
"""

from __future__ import annotations

from typing import Any, Final

from cscip_kg import __version__
from cscip_kg.described.dataset import TITLE
from cscip_kg.namespaces import CSCIP, ID
from cscip_kg.reconcile.kinds import KINDS
from cscip_kg.reconcile.protocol import MOST_QUERIES
from cscip_kg.reconcile.showing import HEIGHT, WIDTH

VERSIONS: Final = ("0.2",)


def manifest(origin: str) -> dict[str, Any]:
    """Return the manifest.

    Args:
        origin: scheme and host by which the service is reached.
    """
    service = f"{origin}/reconcile"

    def suggested(what: str) -> dict[str, str]:
        return {
            "service_url": service,
            "service_path": f"/suggest/{what}",
            "flyout_service_url": service,
            "flyout_service_path": f"/flyout/{what}?id=${{id}}",
        }

    return {
        "versions": list(VERSIONS),
        "name": TITLE,
        "identifierSpace": ID,
        "schemaSpace": CSCIP,
        "documentation": f"{origin}/about/",
        "serviceVersion": __version__,
        "defaultTypes": [{"id": kind.id, "name": kind.name} for kind in KINDS.values()],
        "view": {"url": f"{origin}/id/{{{{id}}}}"},
        "preview": {"url": f"{service}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": {what: suggested(what) for what in ("entity", "property", "type")},
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "How many values a row gets at most; 0 for all",
                }
            ],
        },
        # No part of 0.2; clients of later versions keep to it.
        "batchSize": MOST_QUERIES,
    }
