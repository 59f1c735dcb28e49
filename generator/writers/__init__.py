"""From the model to files that a person fills: YAML, workbooks, the JSON Schema."""
