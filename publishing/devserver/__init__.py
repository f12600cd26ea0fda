"""Stand-ins for portals: separate processes that speak HTTP and know nothing of the product.

They exist for development and tests. They import only the standard library (and `cryptography`, for the certificate of
https), keep their state in one folder with a SQLite file, and behave as a real portal does where that matters to a
publisher. This package is the one for Socrata (numbers come back as strings, nulls are left out, private assets are
closed to strangers, a write without a row identifier appends) and what all share: `http`, `transport`, `faults`,
`control`, `layout`, `server`, `running`, `tls`, `database`, `papers`, `documents`. What it does and what it does not
do: docs/operations/standin.md.
"""
