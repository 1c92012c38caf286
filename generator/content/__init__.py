"""What the organisation publishes: its kinds, how they are read, and the Library they form."""
