"""The few lines beside the truth tables: what can stand in the way of an allowed press, by code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.every_flow.records import (
    AGREEMENTS,
    COHORT,
    OPEN_ENDING,
    PROOF,
    TWO_LOOKS,
    TYPES,
    Graduate,
    Press,
    Record,
)

LINKS = ((60, 5), (24 * 60, 10))  # messages to one number: five an hour, ten a day


@dataclass(frozen=True)
class Situation:
    """A press in its place: when, whose, on which record (None: a new one)."""

    now: int
    graduate: Graduate
    record: Record | None
    press: Press

    @property
    def slip(self) -> str:
        return self.press.slip

    @property
    def first(self) -> bool:
        """Say whether it would be a first submission, to which the conditions of starting apply (R-SCH-3)."""
        return self.record is None or not self.record.submitted

    @property
    def slot(self) -> Record | None:
        """Return the other record that holds the slot."""
        held = self.graduate.slot
        return held if held is not self.record else None

    @property
    def voidable(self) -> bool:
        """Say whether the slot is held by an approved destination, which gives way (R-ON-7)."""
        return self.slot is not None and self.slot.flow == "destination" and self.slot.state == "approved"

    @property
    def agreement(self) -> Record:
        """Return what an ending is about."""
        found = self.record.agreement if self.record else self.press.value
        assert isinstance(found, Record)
        return found

    @property
    def requests(self) -> list[Record]:
        """Return the other requests about the same agreement."""
        others = self.graduate.of("termination_online", "termination_offline")
        return [one for one in others if one.agreement is self.agreement and one is not self.record]

    @property
    def own(self) -> list[Record]:
        """Return the invitations of the employer that invites."""
        return [one for one in self.graduate.of("online_signing") if one.employer == self.press.value]

    @property
    def wanted_type(self) -> str:
        """Return the destination type that is chosen."""
        return str(self.press.value or (self.record.type_code if self.record else ""))


def _own_open(s: Situation) -> bool:
    return any(one.state in ("invited", "accepted", "effective") and not one.lapsed(s.now) for one in s.own)


def _own_withdrawn(s: Situation) -> bool:
    return any(one.withdrawn_by == "employer" and s.now < one.deadline for one in s.own)


def _files_missing(s: Situation) -> bool:
    assert s.record
    return not needed_files(s.record, s.press) <= s.record.files


def needed_files(record: Record, press: Press) -> set[str]:
    """Return the purposes of the files that a press wants on the record."""
    if press.action == "upload":
        return {"stamped_agreement_link" if press.who == "link_holder" else "stamped_agreement"}
    if press.action in ("force", "approve_unilateral"):
        return {"forced_evidence"}
    if press.action != "submit":
        return set()
    if record.flow == "destination":
        return {PROOF[record.type_code]}
    return {"paper_registration": {"paper_agreement"}, "termination_offline": {"termination_letter"}}.get(
        record.flow, set()
    )


def _same_looker(s: Situation) -> bool:
    """Two different people have to look at 自由职业 (R-DEST-4)."""
    record = s.record
    assert record
    later = bool(record.step) and record.step != record.path[0]
    two = record.step == "second" or (later and record.type_code in TWO_LOOKS)
    return two and record.reviewed_by == s.press.actor_id


def _looked_at_once(s: Situation) -> bool:
    """Nobody alone makes an approved destination one that two people look at (R-DEST-4)."""
    record = s.record
    assert record
    return record.state == "approved" and s.wanted_type in TWO_LOOKS and s.wanted_type != record.type_code


def _unproved_type(s: Situation) -> bool:
    """An approved destination does not become one whose proofs it has not (R-DEST-1)."""
    record = s.record
    assert record
    other = record.state == "approved" and s.wanted_type != record.type_code
    return other and PROOF.get(s.wanted_type) not in record.files


def _transfer_waiting(s: Situation) -> bool:
    assert s.record
    others = [one for one in s.graduate.of("transfer") if one.module == s.record.module and one is not s.record]
    return any(one.state in ("review", "returned") for one in others)


def _changed_again(s: Situation) -> bool:
    record = s.record
    assert record
    later = [
        one
        for one in s.graduate.of("correction")
        if one.of is record.of and one.id > record.id and one.made_at >= record.disputed_at
    ]
    return any(one.fields & record.fields for one in later)


def _held(s: Situation, flows: tuple[str, ...]) -> bool:
    return s.graduate.slot is not None and s.graduate.slot.flow in flows


def _not_moved(s: Situation) -> bool:
    module = s.record.module if s.record else s.press.value
    return module == "household" and not s.graduate.household


def _link_limit(s: Situation) -> bool:
    assert s.record
    sent = [at for one in s.graduate.of("offline_signing") for at in one.links]
    return any(len([at for at in sent if at > s.now - span]) >= most for span, most in LINKS)


Obstacle = tuple[str, Callable[[Situation], bool]]
OBSTACLES: dict[str, Obstacle] = {
    "not confirmed": ("confirm_first", lambda s: not s.graduate.confirmed),
    "off the roll": ("not_on_roll", lambda s: not s.graduate.on_roll),
    "another cohort": ("past_cohort", lambda s: s.first and s.graduate.cohort != COHORT),
    "training mode": ("training_mode", lambda s: s.graduate.mode == "21"),
    "paper locked": ("paper_locked", lambda s: s.graduate.paper == "locked"),
    "open invitation": ("already_invited", _own_open),
    "withdrawn before": ("withdrawn_recently", _own_withdrawn),
    "deadline": ("deadline_out_of_range", lambda s: s.slip == "deadline"),
    "deadline moved": ("deadline_earlier", lambda s: s.slip == "deadline" and s.press.who == "employer"),
    "slot": ("taken", lambda s: s.slot is not None and not s.voidable),
    "slot of any": ("taken", lambda s: s.slot is not None),
    "signed online": ("taken", lambda s: s.slot is not None and s.slot.flow == "online_signing"),
    "version": ("outdated", lambda s: s.slip == "version"),
    "tick": ("declaration_required", lambda s: s.slip == "tick"),
    "graduate's tick": ("declaration_required", lambda s: s.slip == "tick" and s.press.who == "graduate"),
    "proof": ("proof_required", lambda s: s.slip == "proof" and s.press.who == "graduate"),
    "voiding": ("void_unconfirmed", lambda s: s.slip == "voiding" and s.voidable),
    "voiding proved": ("proof_required", lambda s: s.slip == "proof" and s.voidable),
    "warning": (
        "void_unconfirmed",
        lambda s: s.slip == "voiding" and (not s.graduate.on_roll or s.graduate.cohort != COHORT),
    ),
    "reason": ("reason_required", lambda s: s.slip == "reason"),
    "school's reason": ("reason_required", lambda s: s.slip == "reason" and s.press.who == "school"),
    "short reason": ("reason_too_short", lambda s: s.slip == "short"),
    "form": ("form_incomplete", lambda s: s.record is not None and not s.record.form_right),
    "request's form": ("form_incomplete", lambda s: s.slip == "form"),
    "check": ("form_incomplete", lambda s: s.slip == "check"),
    "files": ("proof_missing", _files_missing),
    "online": ("online_possible", lambda s: bool(s.record and s.record.known_online) and s.slip == "online"),
    "link": ("too_soon", _link_limit),
    "type": ("training_mode", lambda s: s.graduate.mode == "21" and s.wanted_type not in TYPES["21"]),
    "unseen type": ("no_such_value", lambda s: s.graduate.mode == "1" and s.wanted_type not in TYPES["1"]),
    "same looker": ("not_allowed", _same_looker),
    "looked at once": ("not_allowed", _looked_at_once),
    "unproved": ("proof_missing", lambda s: bool(s.record and PROOF[s.record.type_code] not in s.record.files)),
    "unproved type": ("proof_missing", _unproved_type),
    "nothing new": ("nothing_changed", lambda s: s.slip == "same"),
    "school's nothing": ("nothing_changed", lambda s: s.slip == "same" and s.press.who == "school"),
    "not in force": ("wrong_state", lambda s: s.agreement.state != "effective"),
    "open request": ("already_open", lambda s: any(one.state in OPEN_ENDING for one in s.requests)),
    "later request": ("wrong_state", lambda s: any(one.id > (s.record.id if s.record else 0) for one in s.requests)),
    "unconfirmed": ("unconfirmed", lambda s: s.slip == "confirm"),
    "name": ("name_mismatch", lambda s: s.slip == "name"),
    "not moved": ("not_allowed", _not_moved),
    "waiting": ("already_open", _transfer_waiting),
    "page": ("outdated", lambda s: s.slip == "version"),
    "no pair": ("no_such_value", lambda s: s.graduate.mode == "1"),
    "wrong mode": ("no_such_value", lambda s: s.slip == "value"),
    "wrong cohort": ("no_such_value", lambda s: s.slip == "value"),
    "agreement held": ("taken", lambda s: s.graduate.mode == "22" and _held(s, AGREEMENTS)),
    "anything held": ("taken", lambda s: s.graduate.slot is not None),
    "online lives": ("taken", lambda s: s.graduate.paper == "locked" and _held(s, ("online_signing",))),
    "paper lives": ("taken", lambda s: _held(s, ("paper_registration",))),
    "reason again": ("reason_required", lambda s: s.slip == "reason" and s.graduate.paper == "locked"),
    "not changed again": ("nothing_changed", lambda s: not _changed_again(s)),
}

_START = ("not confirmed", "off the roll", "another cohort")
_JUDGE = ("version", "reason")
_SCHOOL_CORRECTS = ("version", "school's reason", "school's nothing")
_FORCE = ("version", "reason", "short reason", "files", "unconfirmed", "name")
# What can stand in the way of each press that the truth table allows.
IN_THE_WAY: dict[str, dict[str, tuple[str, ...]]] = {
    "online_signing": {
        "invite": (*_START[1:], "training mode", "open invitation", "withdrawn before", "deadline"),
        "correct": (*_SCHOOL_CORRECTS, "deadline moved"),
        "accept": (*_START, "training mode", "slot", "version", "tick", "voiding", "proof"),
        "decline": ("not confirmed", "signed online"),
        "approve": ("version",),
        "reject": _JUDGE,
    },
    "offline_signing": {
        "start": (*_START, "training mode"),
        "edit": ("version",),
        "submit": (*_START, "training mode", "slot", "version", "form", "online", "tick", "voiding", "voiding proved"),
        "cancel": ("version",),
        "upload": ("version", "files", "tick"),
        "send_link": ("link",),
        "approve": ("version",),
        "return": _JUDGE,
        "reject": _JUDGE,
        "correct": _SCHOOL_CORRECTS,
    },
    "paper_registration": {
        "start": (*_START, "training mode", "paper locked"),
        "edit": ("version",),
        "submit": (
            *_START,
            "training mode",
            "paper locked",
            "slot",
            "version",
            "form",
            "files",
            "tick",
            "voiding",
            "voiding proved",
        ),
        "approve": ("version",),
        "return": _JUDGE,
        "reject": _JUDGE,
        "correct": _SCHOOL_CORRECTS,
    },
    "destination": {
        "start": (*_START, "type", "unseen type"),
        "edit": ("version", "type", "unseen type"),
        "submit": (*_START, "slot of any", "type", "unseen type", "version", "form", "files", "tick"),
        "approve": ("same looker", "unproved", "version"),
        "return": ("same looker", *_JUDGE),
        "reject": ("same looker", *_JUDGE),
        "correct": ("same looker", "looked at once", "unproved type", *_JUDGE, "type", "unseen type", "nothing new"),
        "void": ("proof", "version", "warning"),
    },
    "termination_online": {
        "ask": ("not in force", "open request", "request's form", "graduate's tick", "proof"),
        "accept": ("graduate's tick", "proof"),
        "approve": ("version",),
        "reject": _JUDGE,
        "force": ("later request", "not in force", *_FORCE),
    },
    "termination_offline": {
        "start": ("not in force", "open request"),
        "edit": ("version",),
        "submit": ("version", "form", "files", "tick", "proof"),
        "approve": ("version", "check"),
        "return": _JUDGE,
        "reject": _JUDGE,
        "approve_unilateral": _FORCE,
    },
    "transfer": {
        "start": (*_START, "not moved"),
        "edit": ("version",),
        "submit": (*_START, "not moved", "waiting", "version", "form", "tick"),
        "approve": ("version",),
        "return": _JUDGE,
        "reject": _JUDGE,
        "correct": _SCHOOL_CORRECTS,
    },
    "roll_record": {
        "confirm": ("page",),
        "set_training_mode": ("no pair", "agreement held", "wrong mode", "reason"),
        "move_cohort": ("anything held", "wrong cohort", "reason"),
        "take_off_roll": ("anything held", "reason"),
        "put_on_roll": ("reason",),
        "edit": ("nothing new",),
        "issue_paper": ("online lives", "reason again"),
        "recall_paper": ("reason",),
        "lock_paper": ("paper lives",),
        "unlock_paper": ("online lives", "reason"),
    },
    "correction": {
        "dispute": ("reason",),
        "uphold": ("not changed again",),
        "dismiss": ("reason",),
    },
}


def standing(situation: Situation) -> dict[str, str]:
    """Return what stands in the way of a press that the table allows: code by name."""
    names = IN_THE_WAY[situation.press.flow].get(situation.press.action, ())
    return {name: OBSTACLES[name][0] for name in names if OBSTACLES[name][1](situation)}
