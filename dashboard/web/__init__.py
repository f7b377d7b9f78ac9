"""What the web server answers beside the page: login, events, manifest, and what a browser may do."""
