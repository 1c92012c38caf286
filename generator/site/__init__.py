"""The public website: what it holds, and how its files are written."""
