"""A stand-in for a Socrata portal: a separate process that speaks HTTP and knows nothing of the product.

It exists for development and tests. It imports only the standard library, keeps its state in one SQLite
file, and behaves as a real portal does where that matters to a publisher: numbers come back as strings,
nulls are left out, private assets are closed to strangers, a write without a row identifier appends.
"""
