"""Random users over all flows at once: they press random buttons; the model says what must come of it."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any, ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from app import counting
from app.extensions import db
from app.writing import write
from tests.every_flow import promises
from tests.every_flow.alerts import work_off
from tests.every_flow.model import TABLES, Model, Refusal
from tests.every_flow.records import AGREEMENTS, COHORT, TICK, TYPES, Graduate, Press, Record
from tests.every_flow.world import World
from workflows.case import Refused

PEOPLE = ("graduate", "employer", "department", "other_department", "school", "school_readonly", "link_holder")
SLIPS = ("version", "reason", "tick", "proof", "voiding", "online", "files", "form", "same", "value")
SLIPS += ("deadline", "check", "confirm", "name", "short")
LONGEST = 40 * 24 * 60  # minutes of an example: all windows stay open
STARTS = ("offline_signing", "paper_registration", "destination", "destination", "transfer")
ROLL = tuple(dict.fromkeys(action for state, action, _ in TABLES["roll_record"] if state == "on_roll"))
CELLS = {
    flow: [(action, who) for state, action, who in table if state == "none" and who in PEOPLE]
    for flow, table in TABLES.items()
}
# How likely a user does what: go on with a record, begin one, ask for an ending, change the roll, let time pass.
DOINGS = {"go_on": 14, "invite": 2, "start": 3, "end": 2, "change_the_roll": 2, "come_back": 3, "meanwhile": 1}
STEPS_ON = {"submit", "accept", "approve", "upload", "approve_unilateral"}  # twice as likely as others
SETBACKS = {"cancel", "withdraw", "take_back", "reject", "decline", "void", "edit", "correct"}  # half as likely
Choice = tuple[Record, str, str]


class EveryFlow(RuleBasedStateMachine):
    """Two graduates, two employers, a department and a school, for one example; `world` is set by the test."""

    world: ClassVar[World]
    pressed: ClassVar[int]
    allowed: ClassVar[Counter[tuple[str, str]]]
    found: ClassVar[list[str]]

    def __init__(self) -> None:
        super().__init__()
        self.model, self.told, self.presses = Model(), promises.Told(), 0
        self.salt = 0

    @initialize(review=st.booleans(), mode=st.sampled_from(("1", "21", "22")), salt=st.integers(0, 2**32))
    def begin(self, review: bool, mode: str, salt: int) -> None:
        """Two new graduates at a school with or without department review."""
        self.salt = salt
        db.session.remove()
        self.world.clock(0)
        self.world.set_department_review(review)
        self.model.department_review = review
        self.model.graduates = [self.world.enrol(mode, True), self.world.enrol("1", False)]

    @rule(chance=st.randoms(use_true_random=True))
    def somebody(self, chance: Random) -> None:
        """Somebody does something."""
        chance = Random(f"{self.salt} {self.presses} {chance.getrandbits(32)}")  # Hypothesis likes to repeat itself
        doing = chance.choices(list(DOINGS), list(DOINGS.values()))[0]
        try:
            getattr(self, doing)(chance)
        except AssertionError as error:  # kept for the controls: what breaks the whole database breaks each replay
            self.found.append(str(error))
            raise

    # --- what people do -------------------------------------------------------------------------------------------

    def invite(self, chance: Random) -> None:
        """An employer invites."""
        slip = self._slip(chance)
        deadline = self.model.now + (30 if slip == "deadline" else 60 * chance.choice((2, 24, 72)))
        value = chance.randrange(2)
        press = Press("employer", "invite", "online_signing", slip=slip, value=value, deadline=deadline)
        self._press(chance.choice(self.model.graduates), None, press)

    def start(self, chance: Random) -> None:
        """A graduate begins a draft."""
        graduate, flow, value = chance.choice(self.model.graduates), chance.choice(STARTS), None
        if flow == "destination":
            value = self._type(chance, graduate)
        elif flow == "transfer":
            value = chance.choice(("archive", "archive", "household"))
        online = flow == "offline_signing" and chance.random() < 0.5
        self._press(
            graduate, None, Press("graduate", "start", flow, slip=self._slip(chance), value=value, online=online)
        )

    def end(self, chance: Random) -> None:
        """Somebody wants an agreement ended, mostly one that is in force."""
        agreements = self.records(*AGREEMENTS)
        if found := [one for one in agreements if one.state == "effective"] or agreements:
            agreement = chance.choice(found)
            online = agreement.flow == "online_signing"
            flow, action = ("termination_online", "ask") if online else ("termination_offline", "start")
            who = chance.choice(("graduate", "employer")) if online else "graduate"
            press = Press(who, action, flow, slip=self._slip(chance), value=agreement)
            self._press(agreement.graduate, None, press)

    def go_on(self, chance: Random) -> None:
        """Somebody presses a button on a record: mostly one that the model allows, sometimes any, by anybody."""
        lapsed = [one for one in self.records("online_signing") if one.lapsed(self.model.now)]
        if lapsed and chance.random() < 0.1:  # the sweeper
            self._press(lapsed[0].graduate, lapsed[0], Press("platform", "expire", "online_signing"))
            return
        if not (records := self.records()):
            return
        choices = self._doable() if chance.random() < 0.85 else []
        if choices:
            kinds = sorted({(one.flow, action) for one, action, _ in choices})
            weights = [4 if action in STEPS_ON else 1 if action in SETBACKS else 2 for _, action in kinds]
            kind = chance.choices(kinds, weights)[0]
            record, action, who = chance.choice([one for one in choices if (one[0].flow, one[1]) == kind])
        else:
            record = chance.choice(records)
            action, who = chance.choice(CELLS[record.flow])
        self._press(record.graduate, record, self._worded(chance, record, action, who))

    def change_the_roll(self, chance: Random) -> None:
        """The school changes the roll, or the graduate confirms."""
        graduate, slip = chance.choice(self.model.graduates), self._slip(chance)
        cells = {action: self.model.cell(graduate, None, "roll_record", action, "school") for action in ROLL}
        open_now = [action for action, cell in cells.items() if cell.startswith(">")]
        action = chance.choice((*ROLL, *open_now, *open_now))
        who = "graduate" if action == "confirm" else chance.choice(("school",) * 5 + ("school_readonly",))
        other = {"21": "22", "22": "21"}.get(graduate.mode, "22")
        values: dict[str, object] = {"set_training_mode": other, "edit": graduate.major + (slip != "same")}
        values["move_cohort"] = COHORT if graduate.cohort != COHORT else COHORT + 1
        press = Press(who, action, "roll_record", self._staff(chance, who), slip, values.get(action))
        self._press(graduate, None, press)

    def come_back(self, chance: Random) -> None:
        """What keeps a graduate from starting is put right."""
        graduate = chance.choice(self.model.graduates)
        wants: list[tuple[str, str, object]] = [] if graduate.confirmed else [("graduate", "confirm", None)]
        wants += [("school", "set_training_mode", "22")] if graduate.mode == "21" else []
        wants += [("school", "move_cohort", COHORT)] if graduate.cohort != COHORT else []
        wants += [] if graduate.on_roll else [("school", "put_on_roll", None)]
        if wants:
            who, action, value = wants[-1]
            self._press(graduate, None, Press(who, action, "roll_record", self._staff(chance, who), value=value))

    def meanwhile(self, chance: Random) -> None:
        """Time passes, the school changes its mind about department review, or the job that folds deltas runs."""
        what = chance.choice(("wait", "wait", "switch", "fold"))
        note(f"{self.model.now}: {what}")
        if what == "wait":
            self._tick(chance.choice((63, 427, 1267, 4207)) if self.model.now < LONGEST else TICK)
        elif what == "switch":
            self._tick()
            self.model.department_review = not self.model.department_review
            self.world.set_department_review(self.model.department_review)
        else:
            write(counting.fold)
            promises.statistics_are_a_recount()

    # --- choosing -------------------------------------------------------------------------------------------------

    def records(self, *flows: str) -> list[Record]:
        """Return the records of some flows, or all, of both graduates."""
        every = [record for graduate in self.model.graduates for record in graduate.records]
        return [record for record in every if not flows or record.flow in flows]

    def _doable(self) -> list[Choice]:
        """Return what can be done now, as the model has it."""
        found = []
        for record in self.records():
            for action, who in CELLS[record.flow]:
                value = record.type_code if record.flow == "destination" else None
                press = Press(who, action, record.flow, value=value, slip="")
                if self._cell(record, action, who).startswith(">") and self._open(record, press):
                    found.append((record, action, who))
        return found

    def _cell(self, record: Record, action: str, who: str) -> str:
        return self.model.cell(record.graduate, record, record.flow, action, who)

    def _open(self, record: Record, press: Press) -> bool:
        predicted = self.model.predict(record.graduate, record, press)
        return isinstance(predicted, str) or set(predicted.codes) <= {"files"}  # the files are put first

    def _worded(self, chance: Random, record: Record, action: str, who: str) -> Press:
        """Return a press with all that it sends along."""
        slip, value, deadline = self._slip(chance), None, 0
        if record.flow == "destination" and action in ("start", "edit", "correct"):
            value = self._type(chance, record.graduate)
        if (action, who) == ("correct", "employer"):
            deadline = record.deadline + (-30 if slip == "deadline" else chance.choice((0, 300)))
        online = record.flow == "offline_signing" and action == "edit" and chance.random() < 0.5
        return Press(who, action, record.flow, self._staff(chance, who), slip, value, deadline, online)

    def _slip(self, chance: Random) -> str:
        return chance.choice(SLIPS) if chance.random() < 0.15 else ""

    def _type(self, chance: Random, graduate: Graduate) -> str:
        return chance.choice(TYPES["22"] if chance.random() < 0.1 else TYPES[graduate.mode])

    def _staff(self, chance: Random, who: str) -> int:
        if who == "department":
            return self.world.staff["department"][0]
        return chance.choice(self.world.staff["school"]) if who == "school" else 0

    # --- pressing, and looking at what came of it -----------------------------------------------------------------

    def _tick(self, minutes: int = TICK) -> None:
        self.model.now += minutes
        self.world.clock(self.model.now)

    def _press(self, graduate: Graduate, record: Record | None, press: Press) -> None:
        self._tick()
        what = f"{press} on {record or graduate}"
        if record:
            self.world.put_files(graduate, record, press)
        before = promises.marks(self.model.graduates)
        predicted = self.model.predict(graduate, record, press)
        note(f"{self.model.now}: {what}; the model says {predicted}")
        try:
            done = self.world.press(graduate, record, press)
        except Refused as refused:
            self._refused(what, predicted, refused.refusal.code.value)
            promises.nothing_was_left(before, self.model.graduates)
        except RuntimeError as error:
            raise AssertionError(f"{what} broke the write path: {error}; the model says {predicted}") from error
        else:
            assert not isinstance(predicted, Refusal), f"{what} went through to {done.state}; the model: {predicted}"
            self._done(graduate, record, press, done, before, predicted)
        self._look(press, isinstance(predicted, Refusal))

    def _refused(self, what: str, predicted: str | Refusal, code: str) -> None:
        assert isinstance(predicted, Refusal), f"{what} was refused as {code}; the model says it leads to {predicted}"
        assert code in predicted.codes.values(), f"{what} was refused as {code}; the model: {predicted}"

    def _done(
        self, graduate: Graduate, record: Record | None, press: Press, done: Any, before: promises.Marks, predicted: str
    ) -> None:
        changed = self.model.apply(graduate, record, press, predicted)
        own = changed[-1].record
        if record is None and isinstance(own, Record):
            own.id = done.id
        due = self.model.reports(graduate)
        promises.written_down(before, graduate, self.model.graduates, changed)
        promises.alerted(before, graduate, press, changed, self.told)
        promises.reported(before, graduate, due, self.told)

    def _look(self, press: Press, refused: bool) -> None:
        """Compare every record, and look at what always holds."""
        promises.records_agree(self.model.graduates)
        promises.one_slot()
        db.session.rollback()
        self.presses += 1
        kind = type(self)
        kind.pressed += 1
        if not refused:
            kind.allowed[press.flow, press.action] += 1
        if self.presses % 4 == 0:
            promises.statistics_are_a_recount()

    def teardown(self) -> None:
        """Look at everything once more, and let the workers tell what is to be told."""
        if not self.model.graduates:
            return
        promises.statistics_are_a_recount()
        self.world.clock(self.model.now + TICK)
        work_off(self.told)
        db.session.remove()
