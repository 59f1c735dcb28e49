"""From a dataset to findings: what each condition needs, CEL, verdicts."""
