"""The inbox of comments: search, topics, states, replies, and what is handed over to LAPOR!."""
