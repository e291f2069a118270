"""The JSON Schema of a policy pack, made from the typed model."""

import json
from pathlib import Path
from typing import Any

from policy.model import Policy

SCHEMA_FILE = Path(__file__).parent / "pack.schema.json"


def schema_text() -> str:
    """The schema as the committed file holds it."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy pack",
        **_let_one_stand_for_many(Policy.model_json_schema()),
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _let_one_stand_for_many(part: Any) -> Any:
    """A pack may write `ref: BRK-C01` for a list of one; say so to the editor."""
    if isinstance(part, list):
        return [_let_one_stand_for_many(each) for each in part]
    if not isinstance(part, dict):
        return part
    part = {key: _let_one_stand_for_many(each) for key, each in part.items()}
    items = part.get("items")
    if part.get("type") == "array" and isinstance(items, dict) and (items.get("type") == "string" or "enum" in items):
        return {"anyOf": [part, items]}
    return part
