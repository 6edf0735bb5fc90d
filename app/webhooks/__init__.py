"""What happened, told to other systems: signed, retried, with a log of deliveries."""
