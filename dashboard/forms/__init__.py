"""Form fields: parsing, validation, pickers and filters."""
