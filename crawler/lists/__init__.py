"""What leads to articles, as it is read: feeds, sitemaps, archive pages; and which of them a site has. Pure."""
