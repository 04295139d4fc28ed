"""The shapes of content: case families, lessons, the course. Content is data; these say what it must look like."""
