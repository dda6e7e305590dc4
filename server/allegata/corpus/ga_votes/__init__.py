"""Takes over roll calls of the General Assembly: a table of votes becomes votes and positions of states."""
