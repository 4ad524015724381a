/** The terminal that reads the output. */
export interface Terminal {
  /** As it is now: people resize it. */
  readonly columns: number;
  readonly rows: number;
  readonly hasColour: boolean;
}

/** What a command may talk to. Only main.ts knows the real one. */
export interface Console {
  /** What people type to run the program. */
  readonly program: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly out: (text: string) => void;
  /** Takes one sentence, of one line once it is printed, whatever is in it. */
  readonly complain: (sentence: string) => void;
  /** Whose screen `out` writes to. null: it goes to a file or another program. */
  readonly terminal: Terminal | null;
}

/**
 * Exit codes, as help explains them. Of `status` and `wait`, 2 says that the hooks are not done yet; what can tell nothing about
 * them has a code of its own, so that no script waits for the end of a misspelt option.
 */
export const exitCodes = { done: 0, failed: 1, usage: 2, unfinished: 2, unanswered: 3 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
