"""Collection: from a body on the wire to a durable answer, its tally and its total."""
