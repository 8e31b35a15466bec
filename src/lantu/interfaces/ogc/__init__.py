"""The doors of the OGC · OGC 服务."""
