"""An invented city with two years of answers, so that everything can be seen and tried at once."""
