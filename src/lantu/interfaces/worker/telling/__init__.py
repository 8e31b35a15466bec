"""Telling other systems what happened: the feed, and messages that arrive · 事件流与回调投递."""
