"""Online signing at large: several employers, a graduate with two records on rolls, time that moves on.

A tiny in-memory platform applies what the rules decide, as `app/actions.py` does, with no check of its own; in
whatever order the steps come, the promises of the rule book hold.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.workflows.cases import (
    ACTORS,
    DECLARATION,
    DEPARTMENT_ID,
    NOW,
    TICK,
    assert_speaks,
    make_record_facts,
    make_standing,
)
from workflows import destination, labels, online_signing
from workflows.case import Actor, Blocker, Case, Decision, FollowUp, Refusal, Refused, Request
from workflows.engine import available, decide
from workflows.online_signing import SigningFacts
from workflows.vocabulary import OPEN_TO_EMPLOYER, Action, AgreementKind, Kind, Level, Role, State, Step, holds_slot

EMPLOYERS, ROLL_RECORDS = (1, 2, 3), (101, 102)
PLATFORM = Actor(Role.PLATFORM)
ENDED = {State.TERMINATED, State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.REVIEW_REJECTED, State.VOIDED}


@dataclass(frozen=True)
class Row:
    id: int
    roll_record: int
    employer: int | None
    case: Case
    withdrawn_by: Role | None = None
    submitted_at: datetime | None = None


class Signing(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.rows: dict[int, Row] = {}
        self.ids = count(1)
        self.department_review = True
        self.refusals: list[Refusal] = []

    # --- the platform: facts, write, follow-ups -------------------------------------------------------------------

    def blocker(self, row: Row) -> Blocker:
        state = row.case.state
        assert state is not None
        return Blocker(row.id, f"r{row.id}", row.case.kind, state, "某单位", labels.state_label(row.case))

    def facts(self, roll_record: int, employer: int | None, itself: int | None) -> SigningFacts:
        others = [r for r in self.rows.values() if r.roll_record == roll_record and r.id != itself]
        slot = [r for r in others if r.case.state and holds_slot(r.case.kind, r.case.state)]
        own = [r for r in others if r.employer == employer and r.case.kind == Kind.ONLINE]
        seen = [(r, online_signing.shown(r.case, self.now)) for r in own]
        still_open = [r for r, state in seen if state in OPEN_TO_EMPLOYER]
        withdrawn = [r.case.deadline_at for r in own if r.withdrawn_by == Role.EMPLOYER and r.case.deadline_at]
        return SigningFacts(
            make_standing(now=self.now),
            self.department_review,
            department_has_reviewer=True,
            graduate_department_id=DEPARTMENT_ID,
            slot=self.blocker(slot[0]) if slot else None,
            own_open=self.blocker(still_open[0]) if still_open else None,
            own_lapsed=tuple(r.id for r, state in seen if state == State.EXPIRED and r.case.state == State.INVITED),
            own_withdrawn_until=max(withdrawn, default=None),
            declaration=DECLARATION,
        )

    def write(self, row: Row, decision: Decision) -> None:
        columns = dict(decision.columns)
        kept = {k: columns[k] for k in ("deadline_at", "review", "rejected_by") if k in columns}
        version = row.case.version + (decision.action in (Action.INVITE, Action.CORRECT))
        self.rows[row.id] = replace(
            row,
            case=replace(row.case, state=decision.state, version=version, **kept),
            withdrawn_by=columns.get("withdrawn_by", row.withdrawn_by),
            submitted_at=columns.get("submitted_at", row.submitted_at),
        )
        for follow_up in decision.follow_ups:
            self.follow(follow_up)

    def follow(self, follow_up: FollowUp) -> None:
        row = self.rows[follow_up.id]
        if row.case.kind == Kind.DESTINATION:
            flow, facts = destination.FLOW, make_record_facts(standing={"now": self.now})
            decision = decide(flow, follow_up.action, row.case, PLATFORM, facts, Request())
        else:
            signing = self.facts(row.roll_record, row.employer, row.id)
            decision = decide(online_signing.FLOW, follow_up.action, row.case, PLATFORM, signing, Request())
        assert not decision.follow_ups, "follow-ups go one step deep"
        self.write(row, decision)

    def act(self, action: Action, row: Row, actor: Actor, request: Request) -> bool:
        actor = replace(actor, proved_at=self.now)
        try:
            facts = self.facts(row.roll_record, row.employer, row.id)
            decision = decide(online_signing.FLOW, action, row.case, actor, facts, request)
        except Refused as refused:
            self.refusals.append(refused.refusal)
            return False
        self.write(row, decision)
        return True

    def pick(self, data: st.DataObject, likely: State) -> Row:
        """Any signing, but one in the state where the step is likely to succeed if there is one."""
        rows = [row for row in self.rows.values() if row.case.kind == Kind.ONLINE]
        return data.draw(st.sampled_from([row for row in rows if row.case.state == likely] or rows))

    # --- what people do -------------------------------------------------------------------------------------------

    @rule(
        employer=st.sampled_from(EMPLOYERS),
        roll_record=st.sampled_from(ROLL_RECORDS),
        hours=st.integers(1, 48),
        two_party=st.booleans(),
    )
    def invite(self, employer: int, roll_record: int, hours: int, two_party: bool) -> None:
        kind = AgreementKind.TWO_PARTY if two_party else AgreementKind.THREE_PARTY
        row = Row(next(self.ids), roll_record, employer, Case(None, agreement_kind=kind))
        request = Request(deadline_at=self.now + timedelta(hours=hours))
        before = self.facts(roll_record, employer, None)
        done = self.act(Action.INVITE, row, ACTORS["employer"], request)
        assert done or before.own_open or before.own_withdrawn_until, "an invitation was refused for no reason"

    @initialize()
    def two_employers_invite(self) -> None:
        for employer in EMPLOYERS[:2]:
            self.invite(employer, ROLL_RECORDS[0], hours=96, two_party=False)

    @rule(data=st.data(), action=st.sampled_from([Action.CORRECT, Action.WITHDRAW]), hours=st.integers(-2, 48))
    def change_invitation(self, data: st.DataObject, action: Action, hours: int) -> None:
        row = self.pick(data, State.INVITED)
        assert row.case.deadline_at is not None
        request = Request(row.case.version, deadline_at=row.case.deadline_at + timedelta(hours=hours))
        self.act(action, row, ACTORS["employer"], request)

    @rule(data=st.data(), behind=st.sampled_from([0, 0, 0, 1]), void=st.booleans())
    def accept(self, data: st.DataObject, behind: int, void: bool) -> None:
        row = self.pick(data, State.INVITED)
        before = self.facts(row.roll_record, row.employer, row.id)
        request = Request(row.case.version - behind, declaration=DECLARATION, void_destination=void)
        if self.act(Action.ACCEPT, row, ACTORS["graduate"], request):
            assert row.case.deadline_at is not None
            assert self.now < row.case.deadline_at, "accepted at or after the deadline"
            assert behind == 0, "accepted what was not read"
            assert before.slot is None or (before.slot.kind == Kind.DESTINATION and void), "accepted over a holder"

    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        row = self.pick(data, State.INVITED)
        locked = self.facts(row.roll_record, row.employer, row.id).slot
        done = self.act(Action.DECLINE, row, ACTORS["graduate"], Request())
        assert not (done and locked and locked.kind == Kind.ONLINE)

    @rule(
        data=st.data(),
        who=st.sampled_from(["whose step it is"] * 4 + ["department", "school", "other_department", "school_readonly"]),
        action=st.sampled_from([Action.APPROVE, Action.APPROVE, Action.REJECT]),
    )
    def review(self, data: st.DataObject, who: str, action: Action) -> None:
        row = self.pick(data, State.ACCEPTED)
        step = row.case.review.step if row.case.review else None
        actor = ACTORS.get(who) or ACTORS[step or "school"]
        done = self.act(action, row, actor, Request(row.case.version, reason="材料不全"))
        assert not (done and who in ("other_department", "school_readonly"))
        in_stead = step == Step.DEPARTMENT and actor.role == Role.SCHOOL
        assert not (done and in_stead and self.department_review), "the school went over the department's head"

    @rule(data=st.data())
    def record_expiry(self, data: st.DataObject) -> None:
        row = self.pick(data, State.INVITED)
        if self.act(Action.EXPIRE, row, PLATFORM, Request()):
            assert row.case.deadline_at is not None
            assert row.case.deadline_at <= self.now

    @rule(roll_record=st.sampled_from(ROLL_RECORDS), state=st.sampled_from([State.REVIEW, State.APPROVED]))
    def register_destination(self, roll_record: int, state: State) -> None:
        """Another channel takes the slot where it is free; its own rules are another flow's."""
        if self.facts(roll_record, None, None).slot is None:
            row = Row(next(self.ids), roll_record, None, Case(state, Kind.DESTINATION))
            self.rows[row.id] = row

    @rule()
    def switch_department_review(self) -> None:
        self.department_review = not self.department_review

    @rule(hours=st.integers(1, 12))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(data=st.data(), before=st.booleans())
    def wait_for_a_deadline(self, data: st.DataObject, before: bool) -> None:
        deadline = self.pick(data, State.INVITED).case.deadline_at
        assert deadline is not None
        self.now = max(self.now, deadline - TICK if before else deadline)

    # --- what always holds ----------------------------------------------------------------------------------------

    @invariant()
    def one_slot(self) -> None:
        for roll_record in ROLL_RECORDS:
            mine = [row.case for row in self.rows.values() if row.roll_record == roll_record]
            assert sum(holds_slot(case.kind, case.state) for case in mine if case.state) <= 1

    @invariant()
    def one_open_invitation_per_employer(self) -> None:
        for roll_record in ROLL_RECORDS:
            for employer in EMPLOYERS:
                own = [r for r in self.rows.values() if (r.roll_record, r.employer) == (roll_record, employer)]
                assert sum(online_signing.shown(r.case, self.now) in OPEN_TO_EMPLOYER for r in own) <= 1
                assert sum(r.case.state in OPEN_TO_EMPLOYER for r in own) <= 1, "an old one was left unrecorded"

    @invariant()
    def accepted_in_time(self) -> None:
        for row in self.rows.values():
            if row.submitted_at:
                assert row.case.deadline_at is not None
                assert row.submitted_at < row.case.deadline_at

    @invariant()
    def a_review_waits_exactly_while_accepted(self) -> None:
        for row in self.rows.values():
            waits = row.case.review is not None and row.case.review.step is not None
            assert waits == (row.case.state == State.ACCEPTED)

    @invariant()
    def every_state_has_a_label_and_every_button_a_reason(self) -> None:
        for row in self.rows.values():
            if row.case.kind == Kind.ONLINE:
                assert online_signing.describe(row.case, self.now)
                facts = self.facts(row.roll_record, row.employer, row.id)
                for actor in ACTORS.values():
                    for option in available(online_signing.FLOW, row.case, actor, facts):
                        assert option.allowed == (option.refusal is None)
                        if option.refusal:
                            assert_speaks(option.refusal)
                            ended = row.case.state in ENDED
                            assert not ended or option.refusal.blocker is None

    @invariant()
    def nothing_leaves_an_end(self) -> None:
        for row in self.rows.values():
            if row.case.state in ENDED - {State.TERMINATED}:
                facts = self.facts(row.roll_record, row.employer, row.id)
                for actor in ACTORS.values():
                    buttons = available(online_signing.FLOW, row.case, replace(actor, level=Level.WRITE), facts)
                    assert not any(option.allowed for option in buttons if row.case.kind == Kind.ONLINE)

    def teardown(self) -> None:
        for refusal in self.refusals:
            assert_speaks(refusal)


TestSigning = pytest.mark.rule("R-GRAD-5", "R-ON-2", "R-ON-3", "R-ON-4", "R-ON-7", "R-INV-1", "R-LABEL-1", "R-WHY-1")(
    Signing.TestCase
)
TestSigning.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
