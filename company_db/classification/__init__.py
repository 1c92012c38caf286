"""Code lists of the enterprise database: industries, municipalities, processes, materials and others."""
