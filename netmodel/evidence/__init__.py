"""What documents say: documents, incidents, claims, and the bounds that follow from them."""
