"""How we fetch: a Scrapy project whose queue of addresses is a table."""
