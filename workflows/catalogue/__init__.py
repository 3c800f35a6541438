"""The catalogue of destinations as data: types, forms, fields, proofs, checks, national codes; their JSON Schema."""
