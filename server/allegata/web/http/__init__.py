"""What every answer over HTTP needs: headers, compression, errors, parameters, files, caches, metrics."""
