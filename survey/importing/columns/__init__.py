"""Code the columns of an answer file: answers, paradata and places."""
