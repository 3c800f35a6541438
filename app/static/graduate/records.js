// Which of the graduate's records is looked at: remembered until the tab is closed.

const CHOSEN = "graduate.record";

export function choose(id) {
  sessionStorage.setItem(CHOSEN, id);
}

/** Return the chosen record, else the newest of this cohort, else the newest; undefined where there is none. */
export function chosen(records) {
  const id = sessionStorage.getItem(CHOSEN);
  return records.find((one) => one.id === id) || records.find((one) => one.current && one.on_roll) || records[0];
}
