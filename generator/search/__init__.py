"""Search without a server: one normaliser, a static index, the browser half beside it."""
