"""Documents made from data: posters and reports."""
