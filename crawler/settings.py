"""Scrapy's settings, made from ours (config.py). Scrapy's defaults that fit are not named.

Scrapy's defaults would fetch against robots.txt, hold 1 GiB in memory, accept any certificate, open two ports of its
own, and read local files.
"""

from importlib.metadata import version
from pathlib import Path

from config import settings
from crawler.logs import begin

_settings = settings()

BOT_NAME = "goodturn"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
TEMPLATES_DIR = str(Path(__file__).parent / "templates")  # what `scrapy genspider` writes

# Who we are, and what we may
_who = "; ".join(word for word in (_settings.about, _settings.contact) if word)
USER_AGENT = f"Goodturn/{version('goodturn')}" + (f" (+{_who})" if _who else "")
ROBOTSTXT_USER_AGENT = "Goodturn"
COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}  # any language
REFERER_ENABLED = True  # our requests have none; without it a redirect warns

# How fast
CONCURRENT_REQUESTS = _settings.concurrency
CONCURRENT_REQUESTS_PER_DOMAIN = 1 if _settings.delay else _settings.concurrency
DOWNLOAD_DELAY = _settings.delay
DOWNLOAD_DELAY_JITTER = 0  # the setting promises a delay "at least"; Scrapy's jitter would halve it at times
CONCURRENT_ITEMS = 1  # so many tasks are started for every page, which gives one item: 100 cost a third of the speed

# How much, and what not
DOWNLOAD_TIMEOUT = _settings.timeout
DOWNLOAD_MAXSIZE = _settings.max_body
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5  # as many as RFC 9309 asks for robots.txt; real blogs need two or three
METAREFRESH_ENABLED = False  # it decodes every page, guessing its charset, for a habit of the nineties
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_HANDLERS = dict.fromkeys(("data", "file", "ftp", "s3"))
DOWNLOAD_HANDLERS |= dict.fromkeys(("http", "https"), "crawler.heads.Handler")
HTTPPROXY_ENABLED = False  # behind a proxy the guard would not see what is connected to
TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"
DOWNLOADER_STATS = False  # outcomes are counted in the database

# The queue is a table
SCHEDULER = "crawler.frontier.Frontier"
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
RETRY_ENABLED = False  # another try waits in the table, as long as the site asks for
ITEM_PIPELINES = {"crawler.pipelines.Keeper": 100}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "crawler.offsite.OnSite": 90,
    "crawler.robots.Robots": 100,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.Decompression": 590,
    "crawler.middlewares.CompressedIsNoText": 595,
    "crawler.middlewares.OnlyTheWeb": 650,
    "crawler.pace.Pace": 950,
}
SPIDER_MIDDLEWARES = dict.fromkeys(  # spiders yield pages, never requests: there is nothing for these to look at
    [
        "scrapy.spidermiddlewares.depth.DepthMiddleware",
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware",
        "scrapy.spidermiddlewares.start.StartSpiderMiddleware",
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
    ]
)
EXTENSIONS = {"crawler.logs.OnlyOurs": 0, "crawler.middlewares.TextOnly": 0}
EXTENSIONS_BASE: dict[str, int] = {}  # Scrapy's own, none of which we use, would be loaded for nothing

# No ports of its own, and one line in the log for each page
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_ENABLED = False  # it makes no handler; ours is made by crawler.logs.begin
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
LOGSTATS_INTERVAL = 0
STATS_DUMP = False

begin(_settings)
