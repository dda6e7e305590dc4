"""The release as files and descriptions: dumps, releases beside it, catalogue, citations, signposts."""
