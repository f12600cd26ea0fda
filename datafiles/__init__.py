"""A table out of a file: readers, limits, profile, fingerprint. Plain Python, no Django."""
