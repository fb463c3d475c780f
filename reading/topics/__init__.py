"""A page whose body is a whole thread in JSON, from places that tell their threads to machines: post and comments.

Which place it is from is told by the fields that the answer has, whatever it is declared as: a list of posts with
numbers is of Discourse, a story with `children` of Hacker News, one with a `short_id` of Lobsters, a pair of listings
of Reddit. JSON that is none of these is no thread and is left to the other readers. The Document bears the address of
the page that people read, always on the host that answered; only Algolia may speak for Hacker News.
"""

from collections.abc import Sequence

from reading.dates import Calendar
from reading.document import Document, Unreadable
from reading.draft import comments
from reading.form import Form, form
from reading.join import joined
from reading.language import language
from reading.page import Outcome, Page
from reading.parts.told import plain
from reading.prose import Prose
from reading.topics import discourse, hackernews, lobsters, reddit
from reading.topics.fields import said
from reading.topics.topic import Topic

_PLACES = (discourse.topic, hackernews.topic, lobsters.topic, reddit.topic)


def read_topic(page: Page, parts: Sequence[Page]) -> Document | Unreadable | None:
    """The thread, with its further parts; None if the page is no thread in JSON."""
    if form(page.body) is not Form.JSON:
        return None
    calendar = Calendar(now=page.fetched_at)
    answer = said(page.body)
    found = next(filter(None, (place(answer, page.url, calendar) for place in _PLACES)), None)
    return _document(found, parts, calendar) if found else None


def _document(topic: Topic, parts: Sequence[Page], calendar: Calendar) -> Document | Unreadable:
    post = topic.post
    drafts = joined(topic.drafts, parts, url=topic.url, post=post, forum=topic.flat)
    words = post.prose if post else Prose()
    if not words.text and not any(draft.prose.text for draft in drafts):
        return Unreadable(outcome=Outcome.EMPTY, reason="the thread has neither words nor comments")
    return Document(
        url=topic.url,
        text=words.text,
        title=plain(topic.title),
        author=post.author if post else None,
        date=calendar.settle([post.when])[0] if post else None,
        language=language(words.text or " ".join(draft.prose.text for draft in drafts)),
        headings=words.headings,
        comments=comments(drafts, calendar, topic.url),
    )
