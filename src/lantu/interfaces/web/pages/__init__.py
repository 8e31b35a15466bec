"""Pages, one module per family, found by listing this package · 页面."""
