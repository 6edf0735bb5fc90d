"""Publication: results frozen, numbered and signed, their public pages, and the register of media."""
