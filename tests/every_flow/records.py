"""What the simple model knows: graduates, their records, and what a user presses."""

from __future__ import annotations

from dataclasses import dataclass, field

COHORT = 2027
TICK = 7  # minutes between two presses; no multiple of it is an hour or a day, where limits of messages end
AGREEMENTS = ("online_signing", "offline_signing", "paper_registration")
PLACEMENTS = (*AGREEMENTS, "destination")
ENDINGS = ("termination_online", "termination_offline")

# R-GRAD-5, by hand: the states in which a placement holds the one slot.
HOLDING = {
    "online_signing": {"accepted", "effective"},
    "offline_signing": {
        *("agreement_review", "agreement_returned", "agreement_approved"),
        *("signing_review", "signing_returned", "effective"),
    },
    "paper_registration": {"review", "returned", "effective"},
    "destination": {"review", "returned", "approved"},
}
IN_FORCE = {("online_signing", "effective"), ("offline_signing", "effective"), ("paper_registration", "effective")}
IN_FORCE |= {("destination", "approved"), ("transfer", "approved")}
OVER = {("online_signing", "terminated"), ("offline_signing", "terminated"), ("paper_registration", "terminated")}
OVER |= {("destination", "voided"), ("transfer", "replaced")}
OPEN_ENDING = {"asked", "review", "draft", "returned"}

# What each destination asks for, and which training modes see it (R-GRAD-4, R-DEST-1); two must look at 自由职业.
PROOF = {"labour_contract": "contract", "freelance": "statement", "commissioned": "commission"}
TYPES = {"1": ("labour_contract", "freelance"), "21": ("commissioned",), "22": tuple(PROOF)}
TWO_LOOKS = {"freelance"}


@dataclass(eq=False, repr=False)
class Record:
    """A record as the model sees it; times are minutes of the example, `id` is the database's."""

    flow: str
    graduate: Graduate
    state: str
    id: int = 0
    version: int = 1
    step: str = ""
    path: tuple[str, ...] = ()
    reviewed_by: int | None = None
    submitted: bool = False
    employer: int = 0
    deadline: int = 0
    withdrawn_by: str = ""
    module: str = "placement"
    asked_by: str = ""
    agreement: Record | None = None
    type_code: str = ""
    form_right: bool = True
    known_online: bool = False
    files: set[str] = field(default_factory=set)
    links: list[int] = field(default_factory=list)
    mark: str = ""
    content: int = 0
    over_at: int = 0
    of: Record | Graduate | None = None
    fields: frozenset[str] = frozenset()
    disputed_at: int = 0
    made_at: int = 0

    @property
    def holds(self) -> bool:
        """Say whether it holds the slot."""
        return self.state in HOLDING.get(self.flow, ())

    @property
    def in_force(self) -> bool:
        """Say whether it is what the employment management system knows."""
        return (self.flow, self.state) in IN_FORCE

    def lapsed(self, now: int) -> bool:
        """Say whether it is an invitation past its deadline."""
        return self.flow == "online_signing" and self.state == "invited" and now >= self.deadline

    def __str__(self) -> str:
        waiting = f":{self.step}" if self.step else ""
        return f"{self.flow} {self.id} ({self.state}{waiting}, version {self.version})"

    __repr__ = __str__


@dataclass(eq=False, repr=False)
class Graduate:
    """A graduate's record on the roll as the model sees it; `told` is what each line over there holds."""

    roll_id: int
    mode: str
    version: int
    cohort: int = COHORT
    on_roll: bool = True
    confirmed_as: tuple[str, int] = ("", 0)
    paper: str = "none"
    major: int = 0
    household: bool = True
    records: list[Record] = field(default_factory=list)
    told: dict[tuple[int, str], tuple[object, ...]] = field(default_factory=dict)

    def of(self, *flows: str) -> list[Record]:
        """Return the records of some flows, the oldest first."""
        return [record for record in self.records if record.flow in flows]

    @property
    def confirmed(self) -> bool:
        """Say whether what is shown is what was confirmed (R-GRAD-1)."""
        return self.confirmed_as == (self.mode, self.major)

    @property
    def slot(self) -> Record | None:
        """Return the record that holds the slot."""
        return next((record for record in self.of(*PLACEMENTS) if record.holds), None)

    def __str__(self) -> str:
        return f"roll record {self.roll_id}"

    __repr__ = __str__


@dataclass(frozen=True)
class Press:
    """Who presses which button, and the one slip in it, "" for none.

    `value` is what the action wants besides: employer, module, type, agreement, mode, cohort; `deadline` in minutes;
    `online` says that the form names an employer who could sign online.
    """

    who: str
    action: str
    flow: str
    actor_id: int = 0
    slip: str = ""
    value: object = None
    deadline: int = 0
    online: bool = False

    def __str__(self) -> str:
        slip = f", slip: {self.slip}" if self.slip else ""
        value = f" {self.value}" if self.value not in (None, "") else ""
        return f"{self.who} presses {self.action}{value} in {self.flow}{slip}"


@dataclass(frozen=True)
class Changed:
    """One record that a press changed; `own` is the press's own, others follow from it; `told` by an alert each."""

    record: Record | Graduate
    before: str
    told: bool
