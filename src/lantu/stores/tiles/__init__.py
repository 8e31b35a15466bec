"""Archives of map tiles · 瓦片存取."""
