"""JSON Schema of the destination forms, generated from the catalogue (R-DEST-1)."""

from workflows.catalogue.entry import Form, Proof
from workflows.form_schema import DIALECT, Choices, Schema, fields_schema


def _proof(proof: Proof) -> Schema:
    return {
        "title": proof.label,
        "type": "array",
        "items": {"type": "string"},
        "uniqueItems": True,
        "minItems": proof.least,
        "maxItems": proof.most,
        "x-widget": "files",
    } | ({"x-hint": proof.hint} if proof.hint else {})


def form_schema(form: Form, choices: Choices) -> Schema:
    """Return the schema of a destination form: `values` by field, and `proofs`, the ids of files by proof."""
    proofs: Schema = {
        "type": "object",
        "title": "证明材料",
        "properties": {proof.name: _proof(proof) for proof in form.proofs},
        "required": [proof.name for proof in form.proofs if proof.least],
        "additionalProperties": False,
    }
    return {
        "$schema": DIALECT,
        "title": form.label,
        "type": "object",
        "properties": {
            "values": fields_schema([(s.title, s.fields) for s in form.sections], choices),
            "proofs": proofs,
        },
        "required": ["values", "proofs"],
    }
