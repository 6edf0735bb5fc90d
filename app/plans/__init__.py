"""Plans of a survey: population, sample target and window of a service and period, and the live quota."""
