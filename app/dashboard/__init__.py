"""The pages of results for unit heads: a unit, a service, a government."""
