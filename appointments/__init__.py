"""Who sits where for the council: places on partnerships and outside bodies, and the people in them."""
