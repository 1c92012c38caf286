"""Windows of characters as columns of numbers: the only place that knows numpy."""
