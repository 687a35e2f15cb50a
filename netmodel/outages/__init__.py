"""Which link is out, how, and when: matching places, outages, the timeline and its states."""
