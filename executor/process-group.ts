const shells: readonly string[] = ['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh'];

/** A report longer than this is none: `restore-hooks-group:`, a token of 32, a process id, and the signs between. */
const reportLimitBytes = 4096;

/** The shell by which a hook's process group can be reported and ended. null: the command is not a shell's. */
export function shellOf(command: readonly string[]): string | null {
  const program = command[0] ?? '';
  return shells.includes(program.slice(program.lastIndexOf('/') + 1)) ? program : null;
}

/**
 * The command, preceded by a report of its process group on stderr. An exec's command leads its own process group, and
 * `exec` keeps the process, so `$$` of the reporting shell is the group's id and the command itself runs unchanged.
 *
 * @param token makes the report unmistakable; must be new for each run, letters and digits only
 */
export function withGroupReport(shell: string, command: readonly string[], token: string): string[] {
  return [shell, '-c', `echo "${marker(token)}$$" >&2; exec "$@"`, shell, ...command];
}

/** The command that sends a signal to a process group (`0`: asks whether it is there). Exit code 0: it is there. */
export function signalGroup(shell: string, group: number, signal: 'TERM' | 'KILL' | '0'): string[] {
  return [shell, '-c', `kill -${signal} -${group}`];
}

/** Finds the report in the stream of stderr and takes it out, wherever the stream's pieces are cut. */
export class GroupReport {
  readonly #marker: Buffer;
  #pending: Buffer = Buffer.alloc(0);
  #group: number | null = null;
  #searching = true;

  constructor(token: string) {
    this.#marker = Buffer.from(marker(token));
  }

  /** The id of the command's process group. null: not reported (yet). */
  get group(): number | null {
    return this.#group;
  }

  /** Takes the next piece of stderr; returns what of it, and of earlier pieces held back, is the command's own. */
  take(chunk: Buffer): Buffer {
    if (!this.#searching) return chunk;
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const start = this.#pending.indexOf(this.#marker);
    const end = start === -1 ? -1 : this.#pending.indexOf(10, start);
    if (end !== -1) {
      const group = Number(this.#pending.subarray(start + this.#marker.length, end).toString('latin1'));
      if (Number.isSafeInteger(group) && group > 1) this.#group = group;
      const own = Buffer.concat([this.#pending.subarray(0, start), this.#pending.subarray(end + 1)]);
      return this.#stop(own);
    }
    return this.#pending.length > reportLimitBytes ? this.#stop(this.#pending) : Buffer.alloc(0);
  }

  /** What was held back, when the stream has ended. */
  rest(): Buffer {
    return this.#stop(this.#pending);
  }

  #stop(own: Buffer): Buffer {
    this.#searching = false;
    this.#pending = Buffer.alloc(0);
    return own;
  }
}

function marker(token: string): string {
  return `restore-hooks-group:${token}:`;
}
