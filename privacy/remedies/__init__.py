"""What can be done to make a table safe. Each remedy is `apply(frame, params) -> frame`; no Django."""
