"""The HTML kit: templates, language, error pages, static files. Knows nothing of surveys."""
