"""Where publications come from: a watched folder, files named on the command line, the HTTP push."""
