"""The one review that every flow uses: path fixed at submission, current step, who may decide it (R-REV-1, R-SCH-2)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from workflows.case import Actor, Case, Decision, Refusal, Request, Review
from workflows.labels import worded
from workflows.vocabulary import Action, Code, Effect, Event, Role, State, Step

REASON_LIMIT = 500
STEP_OF = {Role.DEPARTMENT: Step.DEPARTMENT, Role.SCHOOL: Step.SCHOOL}
STEP_NAME = {Step.DEPARTMENT: "院系", Step.SCHOOL: "学校", Step.SECOND: "学校另一位老师"}


class ReviewFacts(Protocol):
    """What the review needs to know of the school today."""

    @property
    def now(self) -> datetime: ...
    @property
    def department_review(self) -> bool: ...
    @property
    def department_has_reviewer(self) -> bool: ...
    @property
    def graduate_department_id(self) -> int | None: ...


def start(department_review: bool, two_looks: bool = False) -> Review:
    """Open a review; its path is fixed now, whatever the setting becomes later (R-SCH-2).

    With `two_looks` a school without department review looks twice, by two users (R-DEST-4).
    """
    alone = (Step.SCHOOL, Step.SECOND) if two_looks else (Step.SCHOOL,)
    path = (Step.DEPARTMENT, Step.SCHOOL) if department_review else alone
    return Review(path, path[0])


def in_stead(review: Review, actor: Actor, facts: ReviewFacts) -> bool:
    """Say whether the school may decide the department's step: setting gone off, or nobody to decide it (R-SCH-2)."""
    orphaned = not facts.department_review or not facts.department_has_reviewer
    return actor.role == Role.SCHOOL and review.step == Step.DEPARTMENT and orphaned


def not_yours(case: Case, actor: Actor, facts: ReviewFacts) -> Refusal | None:
    """Refuse another department, and a reviewer whose step it is not, naming whom the case waits for (R-REV-1)."""
    review = case.review
    if actor.role == Role.DEPARTMENT and actor.department_id != facts.graduate_department_id:
        message, then = "该毕业生已不在本院系，不能由您审核。", "请由其现所在院系审核。"
        return Refusal(Code.NOT_ALLOWED, worded(message, case), worded(then, case))
    if review is None or review.step is None:
        return Refusal(Code.WRONG_STATE, worded("该记录没有待审核的步骤。", case), "请刷新页面查看最新状态。")
    if review.step == Step.SECOND and actor.role == Role.SCHOOL:
        return _same_user(case, actor)
    if STEP_OF.get(actor.role) == review.step or in_stead(review, actor, facts):
        return None
    whom = worded(f"{STEP_NAME[review.step]}审核", case)
    return Refusal(Code.WRONG_STATE, f"该记录正在等待{whom}。", f"请等待{whom}完成。")


def _same_user(case: Case, actor: Actor) -> Refusal | None:
    if actor.id != case.reviewed_by:
        return None
    message = "您已审核过该记录，须由学校另一位老师复核。"
    return Refusal(Code.NOT_ALLOWED, message, "请由学校另一位有权限的老师办理。")


def advance(review: Review) -> Review:
    """Move to the next step, or finish."""
    if review.step is None:
        raise ValueError("the review is finished")
    rest = review.path[review.path.index(review.step) + 1 :]
    return replace(review, step=rest[0] if rest else None)


def finish(review: Review) -> Review:
    """End a review before its last step, as a rejection does (R-REV-1)."""
    return replace(review, step=None)


def needs_reason(
    request: Request, limit: int = REASON_LIMIT, what: str = "不通过原因", reader: str = "毕业生"
) -> Refusal | None:
    """Refuse an empty or too long reason (R-REV-1)."""
    text = (request.reason or "").strip()
    if not text:
        message = f"请填写{what}，{reader}会看到它。"
        return Refusal(Code.REASON_REQUIRED, message, "请填写后再提交。", fields={"reason": message})
    if len(text) > limit:
        message = f"{what}最多 {limit} 字，现有 {len(text)} 字。"
        return Refusal(Code.REASON_TOO_LONG, message, "请缩短后再提交。", fields={"reason": message})
    return None


def untouched(case: Case, actor: Actor, facts: object) -> Refusal | None:
    """Refuse taking back what the first reviewer has already decided (R-OFF-3)."""
    review = case.review
    if review is None or review.step == review.path[0]:
        return None
    message = worded(f"{STEP_NAME[review.path[0]]}已经审核，不能再撤回修改。", case)
    return Refusal(Code.WRONG_STATE, message, worded("请等待审核结果；如需更改，请联系审核老师退回修改。", case))


def reason_given(case: Case, actor: Actor, facts: object, request: Request) -> Refusal | None:
    """Refuse a return or rejection without a reason, or with one over 500 characters (R-REV-1)."""
    return needs_reason(request)


def return_reason_given(case: Case, actor: Actor, facts: object, request: Request) -> Refusal | None:
    """Refuse a return without saying what is to be changed (R-REV-1)."""
    return needs_reason(request, what="退回修改原因")


def under_review(case: Case) -> Review:
    """Return the review that a case is in; raises ValueError where there is none."""
    if case.review is None:
        raise ValueError("a decision on a record that is not under review")
    return case.review


def approved(
    case: Case,
    actor: Actor,
    facts: ReviewFacts,
    done: State,
    forwarded: Event,
    events: tuple[Event, ...],
    effects: tuple[Effect, ...] = (),
    columns: Mapping[str, Any] | None = None,
) -> Decision:
    """Pass the step that waits: on to the next one, the state unchanged, or, after the last, to `done` (R-REV-1).

    `forwarded` is what happened in the first case; `events`, `effects` and more `columns` belong to the second.
    """
    judged = under_review(case)
    following = advance(judged)
    detail = {"step": judged.step, "in_stead": in_stead(judged, actor, facts)}
    own = {"review": following, "reviewed_by": actor.id}
    if following.step and case.state:
        return Decision(Action.APPROVE, case.state, own, detail, (forwarded,))
    more = {"decided_at": facts.now, **(columns or {})}
    return Decision(Action.APPROVE, done, own | more, detail, events, effects)


def ended(
    case: Case, actor: Actor, facts: ReviewFacts, request: Request, action: Action, state: State, event: Event
) -> Decision:
    """Return or reject at once, whichever step it was, with the reason on record (R-REV-1)."""
    judged = under_review(case)
    detail = {"step": judged.step, "in_stead": in_stead(judged, actor, facts)}
    columns = {
        "review": finish(judged),
        "reason": (request.reason or "").strip(),
        "rejected_by": actor.role,
        "reviewed_by": actor.id,
        "decided_at": facts.now,
    }
    return Decision(action, state, columns, detail, (event,))
