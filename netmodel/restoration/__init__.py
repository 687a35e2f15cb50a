"""How long restorations take."""
