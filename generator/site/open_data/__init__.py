"""Open data in the forms that Japanese government publishes: tables, their cards, their catalogue, their linter."""
