"""Three hundred fictional companies in all 44 municipalities, for trying the directory without real data."""
