"""The doors that maps of other makers know: OGC API Features and Tiles · OGC 接口."""
