"""netmodel: rail-network disruption, from documents to what stayed connected."""
