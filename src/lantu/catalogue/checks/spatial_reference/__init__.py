"""Where on earth a package says it is · 空间参考."""
