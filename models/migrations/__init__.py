"""The steps from an empty database to the newest version. `models.schema.migrate` runs them."""
