"""How, with no opinion of planning, no file, no database, no network · 引擎."""
