"""Members' sheets: read, cleaned, compared with what is known, and only then applied."""
