"""What members write to the app, and what it answers: a pure parser, then calls of the desk."""
