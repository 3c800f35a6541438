"""The one review that every flow uses: path fixed at submission, current step, who may decide it (R-REV-1, R-SCH-2)."""

from dataclasses import replace
from typing import Protocol

from workflows.case import Actor, Case, Refusal, Request, Review
from workflows.labels import worded
from workflows.vocabulary import Code, Role, Step

REASON_LIMIT = 500
STEP_OF = {Role.DEPARTMENT: Step.DEPARTMENT, Role.SCHOOL: Step.SCHOOL}
STEP_NAME = {Step.DEPARTMENT: "院系", Step.SCHOOL: "学校"}


class ReviewFacts(Protocol):
    """What the review needs to know of the school today."""

    @property
    def department_review(self) -> bool: ...
    @property
    def department_has_reviewer(self) -> bool: ...
    @property
    def graduate_department_id(self) -> int | None: ...


def start(department_review: bool) -> Review:
    """Open a review; its path is fixed now, whatever the setting becomes later (R-SCH-2)."""
    path = (Step.DEPARTMENT, Step.SCHOOL) if department_review else (Step.SCHOOL,)
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
    if STEP_OF.get(actor.role) == review.step or in_stead(review, actor, facts):
        return None
    whom = worded(f"{STEP_NAME[review.step]}审核", case)
    return Refusal(Code.WRONG_STATE, f"该记录正在等待{whom}。", f"请等待{whom}完成。")


def advance(review: Review) -> Review:
    """Move to the next step, or finish."""
    if review.step is None:
        raise ValueError("the review is finished")
    rest = review.path[review.path.index(review.step) + 1 :]
    return replace(review, step=rest[0] if rest else None)


def finish(review: Review) -> Review:
    """End a review before its last step, as a rejection does (R-REV-1)."""
    return replace(review, step=None)


def needs_reason(request: Request, limit: int = REASON_LIMIT, what: str = "不通过原因") -> Refusal | None:
    """Refuse an empty or too long reason (R-REV-1)."""
    text = (request.reason or "").strip()
    if not text:
        message = f"请填写{what}，毕业生会看到它。"
        return Refusal(Code.REASON_REQUIRED, message, "请填写后再提交。", fields={"reason": message})
    if len(text) > limit:
        message = f"{what}最多 {limit} 字，现有 {len(text)} 字。"
        return Refusal(Code.REASON_TOO_LONG, message, "请缩短后再提交。", fields={"reason": message})
    return None
