"""The annual plan (事業計画) as data, counted against what was published."""
