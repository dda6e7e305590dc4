"""The services for programs beside the endpoint: reconciliation, checking of documents, the description of all of it."""
