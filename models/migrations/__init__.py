"""The steps from an empty database to the newest version. `models.database.schema.migrate` runs them."""
