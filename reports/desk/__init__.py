"""What belongs to one person: named views, what was seen at the last visit, and what the search box finds."""
