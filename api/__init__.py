"""How programs speak to us: HTTP and server-sent events."""
