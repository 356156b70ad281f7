"""The desk of a visitor: the search box and named views in the bar of every page, and what is new on 总览."""
