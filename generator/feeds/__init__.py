"""Outside feeds: fetched with limits, read as bytes, reviewed by a person."""
