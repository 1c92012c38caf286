"""Readers (読者): who agreed to what, who left, and who must not be written to."""
