"""The simple model: the hand-written truth tables say what a press comes to, a few lines what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.every_flow.obstacles import Situation, needed_files, standing
from tests.every_flow.records import ENDINGS, OVER, PLACEMENTS, TWO_LOOKS, Changed, Graduate, Press, Record
from tests.workflows.test_truth_tables import FLOWS, written

TABLES = {name: written(name) for name in FLOWS}
PAPER = {"issue_paper": "issued", "recall_paper": "none", "lock_paper": "locked", "unlock_paper": "none"}
MODULES = ("placement", "archive", "household")


@dataclass(frozen=True)
class Refusal:
    """A press that is refused, by one of these codes; each with what stands in the way."""

    codes: dict[str, str]

    def __str__(self) -> str:
        return "refused: " + "; ".join(f"{name} ({code})" for name, code in self.codes.items())


@dataclass
class Model:
    """The state of the world as it should be; `now` counts minutes from the beginning of the example."""

    now: int = 0
    department_review: bool = True
    graduates: list[Graduate] = field(default_factory=list)

    # --- may it be done? ----------------------------------------------------------------------------------------

    def predict(self, graduate: Graduate, record: Record | None, press: Press) -> str | Refusal:
        """Return the state a press should lead to, or why it should be refused."""
        cell = self.cell(graduate, record, press.flow, press.action, press.who)
        if not cell.startswith("> "):
            return Refusal({"the truth table": cell})
        found = standing(Situation(self.now, graduate, record, press))
        return Refusal(found) if found else cell[2:].partition(":")[0]

    def cell(self, graduate: Graduate, record: Record | None, flow: str, action: str, who: str) -> str:
        """Return the truth table's answer, in the words of the tables."""
        if flow == "roll_record":
            key = "off_roll" if not graduate.on_roll else "on_roll"
            key += f":{graduate.paper}" if graduate.on_roll and graduate.paper != "none" else ""
        else:
            key = self._key(record, action, who) if record else "none"
        return TABLES[flow][key, action, who]

    def _key(self, record: Record, action: str, who: str) -> str:
        state = record.state
        if record.lapsed(self.now):
            return "invited:lapsed"
        if record.flow == "termination_online" and state in ("asked", "refused"):
            return f"{state}:{record.asked_by}"
        if not record.step:
            return f"{state}:unilateral" if record.mark == "unilateral" else state
        step = record.step
        if action == "take_back":  # what the first reviewer has not touched (R-OFF-3)
            step = "department" if step == record.path[0] else "school"
        if step == "department" and who == "school" and not self.department_review:
            step = "school"  # in the department's stead (R-SCH-2)
        return f"{state}:{step}"

    # --- what comes of it -----------------------------------------------------------------------------------------

    def apply(self, graduate: Graduate, record: Record | None, press: Press, state: str) -> list[Changed]:
        """Write an allowed press down, with what follows from it; the press's own change comes last."""
        if press.flow == "roll_record":
            return self._apply_roll(graduate, press, state)
        if record is None:
            return [*self._expired(graduate, press), Changed(self._new(graduate, press, state), "", told=True)]
        before, slot = record.state, graduate.slot
        record.version += 1
        self._move(record, press, state)
        changed = self._followers(graduate, record, press, slot)
        if press.action == "correct" and press.who != "employer":
            self._corrected(record, press)
        return [*changed, Changed(record, before, told=True)]

    def _new(self, graduate: Graduate, press: Press, state: str) -> Record:
        record = Record(press.flow, graduate, state)
        graduate.records.append(record)
        if press.flow == "online_signing":
            record.employer, record.deadline = int(str(press.value)), press.deadline
        elif press.flow == "transfer":
            record.module = str(press.value)
        elif press.flow == "destination":
            record.type_code = str(press.value)
        elif press.flow in ENDINGS:
            assert isinstance(press.value, Record)
            record.agreement, record.asked_by = press.value, press.who
        record.form_right, record.known_online = press.slip != "form", press.online
        return record

    def _move(self, record: Record, press: Press, state: str) -> None:
        """Set state and review as the press leads them on."""
        if press.action in ("submit", "accept", "upload") and (state.endswith("review") or state == "accepted"):
            alone = ("school", "second") if record.type_code in TWO_LOOKS else ("school",)
            record.path = ("department", "school") if self.department_review else alone
            record.step, record.submitted, record.reviewed_by = record.path[0], True, None
        elif press.action == "approve":
            rest = record.path[record.path.index(record.step) + 1 :]
            record.step, record.reviewed_by = (rest[0] if rest else ""), press.actor_id
            state = record.state if rest else final(record)
        elif press.action == "correct" or state == record.state:
            self._edited(record, press)
        else:
            record.step = ""
            record.reviewed_by = press.actor_id if press.action in JUDGED else record.reviewed_by
        record.state = state
        self._noted(record, press)

    def _edited(self, record: Record, press: Press) -> None:
        if press.action == "edit":
            record.form_right, record.known_online = press.slip != "form", press.online
            record.type_code = str(press.value or record.type_code)
        elif press.action == "send_link":
            record.links.append(self.now)
        elif press.who == "employer":
            record.deadline = press.deadline
        elif press.action == "correct" and record.flow == "destination":
            record.type_code = str(press.value)
            if record.type_code in TWO_LOOKS and record.state == "review" and record.path == ("school",):
                record.path = ("school", "second")

    def _noted(self, record: Record, press: Press) -> None:
        if press.action == "withdraw":
            record.withdrawn_by = press.who
        elif press.action == "approve_unilateral":
            record.mark = "unilateral"
        elif press.action == "upload":
            record.files -= {"stamped_agreement", "stamped_agreement_link"} - needed_files(record, press)
        if press.action == "dispute":
            record.disputed_at = self.now
        record.over_at = self.now if (record.flow, record.state) in OVER else record.over_at

    # --- what follows ---------------------------------------------------------------------------------------------

    def _followers(self, graduate: Graduate, record: Record, press: Press, slot: Record | None) -> list[Changed]:
        """Let other records follow: a destination gives way, an agreement ends, a transfer is replaced."""
        if record.holds and slot and slot is not record:
            return [self._end(slot, "voided", told=True)]
        if record.flow in ENDINGS and record.state in ("done", "forced"):
            assert record.agreement
            return [self._end(record.agreement, "terminated", told=False)]
        if record.flow == "transfer" and press.action == "approve" and record.state == "approved":
            others = [one for one in graduate.of("transfer") if one.module == record.module and one is not record]
            return [self._end(one, "replaced", told=False) for one in others if one.state == "approved"]
        return []

    def _end(self, record: Record, state: str, told: bool) -> Changed:
        before = record.state
        record.state, record.version, record.step = state, record.version + 1, ""
        record.over_at = self.now
        return Changed(record, before, told)

    def _expired(self, graduate: Graduate, press: Press) -> list[Changed]:
        """A new invitation records the employer's own lapsed ones (R-ON-2)."""
        if press.flow != "online_signing":
            return []
        own = [one for one in graduate.of("online_signing") if one.employer == press.value]
        return [self._end(one, "expired", told=True) for one in own if one.lapsed(self.now)]

    def _apply_roll(self, graduate: Graduate, press: Press, state: str) -> list[Changed]:
        before = "on_roll" if graduate.on_roll else "off_roll"
        graduate.version += 1
        graduate.on_roll = state == "on_roll"
        graduate.paper = PAPER.get(press.action, graduate.paper)
        losing = press.action in ("move_cohort", "take_off_roll")
        if press.action == "confirm":
            graduate.confirmed_as = (graduate.mode, graduate.major)
        elif press.action == "edit":
            graduate.major = int(str(press.value))
        elif press.action == "set_training_mode":
            losing = graduate.mode == "22"
            graduate.mode = str(press.value)
        elif press.action == "move_cohort":
            graduate.cohort = int(str(press.value))
        open_ones = [one for one in graduate.of("online_signing") if one.state == "invited"] if losing else []
        gone = [self._end(one, "withdrawn", told=True) for one in open_ones if not one.lapsed(self.now)]
        for one in gone:
            assert isinstance(one.record, Record)
            one.record.withdrawn_by = "platform"
        asked_for = press.action == "edit" and press.slip == "reason"  # no reason: the graduate's own request, granted
        if press.action in ROLL_FIELD and not asked_for:
            self._note(graduate, graduate, frozenset({ROLL_FIELD[press.action]}))
        return [*gone, Changed(graduate, before, told=press.action not in PAPER and not asked_for)]

    def _corrected(self, record: Record, press: Press) -> None:
        record.content += 1
        if press.who != "platform":
            self._note(record.graduate, record, frozenset({"content"}))

    def _note(self, graduate: Graduate, of: Record | Graduate, fields: frozenset[str]) -> None:
        """Write a change by staff down for the graduate to accept or to dispute (R-DIFF-1)."""
        graduate.records.append(Record("correction", graduate, "shown", of=of, fields=fields, made_at=self.now))

    # --- what the employment management system should hold ----------------------------------------------------------

    def reports(self, graduate: Graduate) -> list[tuple[tuple[int, str], str]]:
        """Return the reports that are due now as (line, status), and count them as told (R-SYNC-1)."""
        lines = {(graduate.cohort, module): speaker(graduate, module) for module in MODULES}
        wanted = dict.fromkeys(graduate.told, ()) | lines
        due = [
            (line, str(holds[0]) if holds else "none")
            for line, holds in wanted.items()
            if holds != graduate.told.get(line, ())
        ]
        graduate.told = {line: holds for line, holds in wanted.items() if holds or line in graduate.told}
        return sorted(due)


JUDGED = ("return", "reject", "approve_unilateral", "force")
ROLL_FIELD = {"set_training_mode": "training_mode", "move_cohort": "cohort"}
ROLL_FIELD |= {"take_off_roll": "state", "put_on_roll": "state", "edit": "major"}  # an edit by a file (R-ROLL-1)


def final(record: Record) -> str:
    """Return where the approval of the last step leads, by the truth table."""
    cell = TABLES[record.flow][f"{record.state}:school", "approve", "school"]
    return cell.removeprefix("> ")


def speaker(graduate: Graduate, module: str) -> tuple[object, ...]:
    """Return what a line should hold: what is in force, else what ended last, else nothing."""
    flows = PLACEMENTS if module == "placement" else ("transfer",)
    mine = [record for record in graduate.of(*flows) if record.module == module]
    for record in mine:
        if record.in_force:
            return ("in_force", record.id, record.content)
    over = [record for record in mine if (record.flow, record.state) in OVER]
    last = max(over, key=lambda record: record.over_at, default=None)
    return ("ended", last.id) if last else ()
