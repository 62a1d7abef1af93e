"""Read stored packages: JSON with `schema_version`, of any version ever written, checked field by field."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from datetime import datetime
from typing import Any, ClassVar, Literal

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from escalation.package.contents import SCHEMA_VERSION, Assessment, Lane, Package, Solved


class UnknownPackageVersion(ValueError):
    """The stored package was written by a newer program, or is no package."""


class DamagedPackage(ValueError):
    """The stored package is of a known version but does not hold what that version promises."""


_PLAIN: dict[Any, type[fields.Field[Any]]] = {
    str: fields.String, int: fields.Integer, float: fields.Float, bool: fields.Boolean,
}  # fmt: skip
_DEFAULTS: dict[type, dict[str, Any]] = {
    Lane: {"done": 0, "pending": 0},
    Solved: {"same_customer": False},
    Package: {
        "time_zone": "UTC", "board": "", "status": "", "domain": "endpoint", "ai_assessment_data": Assessment,
        "notes_read": 0, "time_entries_read": 0, "thin": False,
    },
}  # fmt: skip
"""Of fields that packages did not always have, and that have none in `contents`."""


def load(body: dict[str, Any]) -> Package:
    """Rebuild a package of any version ever stored. Raises `UnknownPackageVersion` or `DamagedPackage`."""
    version = body.get("schema_version")
    if version != SCHEMA_VERSION:
        raise UnknownPackageVersion(f"schema_version {version!r}: this program reads {SCHEMA_VERSION}")
    try:
        package: Package = _package_v1.load(body)
    except ValidationError as error:
        raise DamagedPackage(f"package of version {version}: {error.messages}") from error
    return package


class _Record(Schema):
    """Loads into `of`; unknown keys, which later programs of the same version may add, are left out."""

    of: ClassVar[Any]

    class Meta:
        unknown = EXCLUDE

    @post_load
    def _make(self, values: dict[str, Any], **_: Any) -> Any:
        return self.of(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


@functools.cache
def _schema(of: type) -> type[_Record]:
    """Return the schema of a record by the types of its fields: what has no default there, and is neither a list nor may
    be None, has to be there.
    """
    hints, more = typing.get_type_hints(of), _DEFAULTS.get(of, {})
    given = {f.name: f.default for f in dataclasses.fields(of) if f.default is not dataclasses.MISSING} | more
    made = {name: _field(hint, {"load_default": given[name]} if name in given else {"required": True})
            for name, hint in hints.items()}  # fmt: skip
    return type(f"_{of.__name__}V1", (_Record,), {"of": of, **made})


def _field(hint: Any, given: dict[str, Any]) -> Any:
    if typing.get_origin(hint) is types.UnionType:
        (inner,) = (one for one in typing.get_args(hint) if one is not type(None))
        return _field(inner, {"allow_none": True, "load_default": None})
    if typing.get_origin(hint) is tuple:
        return fields.List(_field(typing.get_args(hint)[0], {}), load_default=list)
    if dataclasses.is_dataclass(hint):
        return fields.Nested(_schema(typing.cast(type, hint)), **given)
    if hint is datetime:
        return fields.AwareDateTime(format="iso", **given)
    return _PLAIN[str if typing.get_origin(hint) is Literal else hint](**given)


_package_v1 = _schema(Package)()
