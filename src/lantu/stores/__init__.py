"""Where things rest; nothing above knows a driver · 存取."""
