"""A course's settings and rules without its people: as a file, and in a new course."""
