"""Makes, opens and compares releases; `build` shows the whole way from files to a release."""
