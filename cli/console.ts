/** What a command may talk to. Only main.ts knows the real one. */
export interface Console {
  /** What people type to run the program. */
  readonly program: string;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly out: (text: string) => void;
  /** Takes one sentence, of one line once it is printed, whatever is in it. */
  readonly complain: (sentence: string) => void;
}

/** Exit codes, as help explains them. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
