"""The escalation package as JSON Schema, made from what it contains, so that neither can say what the other does not.

It is open: another program may add fields, and a reader leaves out those it does not know. A field that a later program adds
has a default and is not required; a change of meaning raises `SCHEMA_VERSION`, and with it the schema's name.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import types
import typing
from datetime import datetime
from typing import Any

from escalation.package.contents import SCHEMA_VERSION, Package

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAME = f"urn:resolutionflow:escalation-package:{SCHEMA_VERSION}"
_UTC = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"
"""Moments are written in UTC; `format` alone checks nothing in most validators."""
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}


def package_schema() -> dict[str, Any]:
    """Return the schema of what `Package.to_json` writes."""
    parts: dict[str, Any] = {}
    body = _record(Package, parts)
    body["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    return {"$schema": DIALECT, "$id": NAME, "title": "Escalation package", **body, "$defs": dict(sorted(parts.items()))}


def _record(cls: type, parts: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    fields = dataclasses.fields(cls)
    return {
        "type": "object",
        "description": (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " "),
        "properties": {field.name: _of(hints[field.name], parts) | dict(field.metadata) for field in fields},
        "required": [field.name for field in fields if field.default is dataclasses.MISSING],
    }


def _of(hint: Any, parts: dict[str, Any]) -> dict[str, Any]:
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint is datetime:
        return {"type": "string", "format": "date-time", "pattern": _UTC}
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        (told,) = [arm for arm in typing.get_args(hint) if arm is not type(None)]
        return {"anyOf": [_of(told, parts), {"type": "null"}]}
    if typing.get_origin(hint) is tuple:
        return {"type": "array", "items": _of(typing.get_args(hint)[0], parts)}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in parts:
            parts[hint.__name__] = {}
            parts[hint.__name__] = _record(hint, parts)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    raise TypeError(f"{hint}: say in schema.py how it is written as JSON")


if __name__ == "__main__":
    print(json.dumps(package_schema(), indent=1))  # noqa: T201 - `python -m escalation.package.schema` writes the file in docs/
