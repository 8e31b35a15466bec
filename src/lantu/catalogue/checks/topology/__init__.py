"""Features among themselves and with the boundary · 拓扑."""
