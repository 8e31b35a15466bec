"""The JSON API, one module per family, found by listing this package · 数据接口."""
