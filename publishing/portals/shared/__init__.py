"""What the adapters have in common besides the protocol: one guarded session, one way to wait, one set of errors."""
