"""Holds a folder to the RO-Crate specification with roc-validator, without a network.

In: the folder. Out: a line for each fault on standard output, the last line `valid` or `not valid`. The
JSON-LD context, which the specification names by its address, is the copy that the package rocrate brings;
any other address is refused.
"""

from __future__ import annotations

import importlib.resources
import sys

import requests
from requests.adapters import HTTPAdapter

CONTEXT = "https://w3id.org/ro/crate/1.3/context"


def _local(_: HTTPAdapter, request: requests.PreparedRequest, **__: object) -> requests.Response:
    if request.url != CONTEXT:
        raise requests.ConnectionError(f"{request.url} was asked for; nothing is fetched here.")
    reply = requests.Response()
    reply.status_code, reply.url, reply.request = 200, CONTEXT, request
    reply.headers["Content-Type"] = "application/ld+json"
    reply._content = importlib.resources.files("rocrate").joinpath("data", "ro-crate.jsonld").read_bytes()  # noqa: SLF001
    return reply


def main(folder: str) -> None:
    """Validate the folder, what is recommended included."""
    HTTPAdapter.send = _local  # type: ignore[method-assign]
    from rocrate_validator import services  # noqa: PLC0415 - after the network is closed
    from rocrate_validator.models import Severity, ValidationSettings  # noqa: PLC0415

    settings = ValidationSettings(
        rocrate_uri=folder,
        profile_identifier="ro-crate-1.3",
        requirement_severity=Severity.RECOMMENDED,
        no_cache=True,
    )
    result = services.validate(settings)
    for issue in result.get_issues(Severity.RECOMMENDED):
        print(issue.severity.name, issue.check.identifier, issue.message, issue.violatingEntity or "")  # noqa: T201
    required = result.get_issues(Severity.REQUIRED)
    print("not valid" if required else "valid")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
