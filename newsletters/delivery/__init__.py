"""Delivery (配信): each subscriber exactly once, or we know whom and why."""
