"""Values of single fields · 属性."""
