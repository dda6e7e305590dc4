"""Asks engines elsewhere by the SPARQL protocol, within the limits of the service, and loads releases into them.

    Query ── RemoteEngine.answer() ── Places ── Conversation (a thread) ── Answer
                                                   │ asking: with the dataset of the release, as SELECT or ASK
                                                   │ replicas: which engine may be asked · dialects: how it wants it
                                                   │ connection: HTTP, ended from any thread
                                                   │ answers: rows in normal form (literals), counted, made into triples

`names` has the names of a release's graphs there; `push` loads them by `graph_store`, as `contents` reads them from the release.
"""
