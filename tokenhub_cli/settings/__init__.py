"""Where every setting and key comes from."""
