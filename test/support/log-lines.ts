/** A line of a process's JSON log. */
export interface LogLine {
  readonly msg: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

/** The lines of a log as they come, and whoever waits for one of them. */
export class LogLines {
  readonly all: LogLine[] = [];
  readonly #listeners = new Set<(line: LogLine) => void>();

  add(line: LogLine): void {
    this.all.push(line);
    for (const listener of this.#listeners) listener(line);
  }

  /** Calls for every line, past ones first. */
  each(listener: (line: LogLine) => void): void {
    for (const line of this.all) listener(line);
    this.#listeners.add(listener);
  }

  /** Resolves to the first line, past or future, that fits. */
  first(fits: (line: LogLine) => boolean): Promise<LogLine> {
    const past = this.all.find(fits);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve) => {
      const listener = (line: LogLine) => {
        if (!fits(line)) return;
        this.#listeners.delete(listener);
        resolve(line);
      };
      this.#listeners.add(listener);
    });
  }
}
