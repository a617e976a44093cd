"""What several steps share: pushes, duties, known posts, checked texts. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cases.errors import NotPermitted, WrongStatus
from cases.model import Case
from cases.roles import actor as post_of
from cases.roles import label
from cases.setting import Act, Setting
from cases.work import Duty, Push


def push(post: str, purpose: str, setting: Setting) -> Push:
    """A message to one post that the courier brings."""
    return Push(id=setting.new_id(), post=post, purpose=purpose, sent_at=setting.now)


def known_post(post: str, setting: Setting) -> str:
    """A post that exists.

    Raises:
        NotYourPost: not the name of a post at all.
        NotPermitted: nobody keeps such a post.
    """
    who = post_of(post)
    if setting.posts is not None and who.post not in setting.posts:
        raise NotPermitted(f"没有“{post[:40]}”这个岗位")
    return who.post


def post_among(post: str, roles: frozenset[str], setting: Setting) -> str:
    """A post that exists and can answer what it is asked: else the case would wait for ever.

    Raises:
        NotPermitted: a post of another kind.
    """
    name = known_post(post, setting)
    if post_of(name).role not in roles:
        raise NotPermitted(f"{label(name)}不能承担这一步，请选参勤的岗位")
    return name


def in_words(posts: Iterable[str]) -> str:
    """Posts as the screen names them."""
    return "、".join(label(post) or post for post in posts)


def own_duty(case: Case, setting: Setting) -> Duty:
    """The open duty of who acts.

    Raises:
        WrongStatus: it has none, or has reported already.
    """
    duty = case.work.duty_of(setting.actor.post)
    if duty is None or not duty.is_required:
        raise WrongStatus("本岗位在此案没有待办的任务")
    return duty


def needs(text: str, what: str) -> str:
    """A text that must say something.

    Raises:
        NotPermitted: it is empty.
    """
    if not text.strip():
        raise NotPermitted(f"请写明{what}")
    return text.strip()


def not_past(moment: datetime, what: str, setting: Setting) -> datetime:
    """A moment that lies ahead, and not beyond a year.

    Raises:
        NotPermitted: it does not.
    """
    if moment.tzinfo is None:
        raise NotPermitted(f"{what}要带时区")
    if moment < setting.now - timedelta(minutes=1):
        raise NotPermitted(f"{what}已经过去")
    if moment > setting.now + timedelta(days=366):
        raise NotPermitted(f"{what}太远")
    return moment


def act(event: object, setting: Setting) -> Act:
    """An act of who gives the command."""
    return Act(event=event, actor=setting.actor.post)  # type: ignore[arg-type]
