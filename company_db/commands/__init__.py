"""``koho companies …``: the enterprise database from the command line."""
