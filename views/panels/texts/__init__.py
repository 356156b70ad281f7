"""Parts of 市民留言: the comments on a theme, and what stands out where."""
