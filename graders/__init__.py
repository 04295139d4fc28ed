"""What only mentors and authors have: keys, marking, replies, the desk and the content check."""
