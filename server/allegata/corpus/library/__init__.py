"""The library: states, treaties, bodies and regions that any corpus may take by name, with IRIs that are the same everywhere."""
