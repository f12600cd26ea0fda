"""How easily a person could be singled out. Plain Python over polars; no Django."""
