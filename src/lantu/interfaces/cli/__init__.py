"""The command line · 命令行."""
