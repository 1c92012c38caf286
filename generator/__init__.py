"""The engine: one content base in, a public site and mail magazines out; it knows neither neighbour."""
