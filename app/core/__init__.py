"""What every package stands on: settings, database, errors, clock. Imports nothing from above."""
