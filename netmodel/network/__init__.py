"""The railway: hubs, links and stations; files in and out."""
