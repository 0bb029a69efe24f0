"""Subscribers hear of every news until they leave."""

from dli_tui.session.news import News
from tests.support_session import Told


def test_every_subscriber_hears_of_every_news():
    news = News()
    one, other = Told(news), Told(news)
    news.tell()
    news.tell()
    assert (one.count, other.count) == (2, 2)


def test_who_has_left_hears_nothing_and_may_leave_again():
    news = News()
    one, other = Told(news), Told(news)
    one.unsubscribe()
    one.unsubscribe()
    news.tell()
    assert (one.count, other.count) == (0, 1)


def test_one_may_leave_while_he_is_told():
    news = News()
    one = Told(news)
    news.subscribe(one.unsubscribe)
    other = Told(news)
    news.tell()
    news.tell()
    assert (one.count, other.count) == (1, 2)
