"""The yearly evaluation of public services: proposed levels, form F-01 and the pack of evidence."""
