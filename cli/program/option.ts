/** What follows an option. */
export interface ValueSpec {
  /** As help shows it. */
  readonly placeholder: string;
  /** `list`: words parted by commas, which add up if the option is repeated. `file`: the name of one. */
  readonly kind: 'word' | 'list' | 'file';
  /** The only words allowed. */
  readonly choices?: readonly string[];
  /** For `file`: what completion offers, by the ends of names. */
  readonly extensions?: readonly string[];
  /** The option may stand alone. */
  readonly optional?: true;
  /** Every value counts, not the last alone. */
  readonly repeated?: true;
  /** What counts without the option, as help shows it. */
  readonly fallback?: string;
}

export interface OptionSpec {
  /** Without its dashes. */
  readonly name: string;
  readonly short?: string;
  /** null: it is a switch. */
  readonly value: ValueSpec | null;
  readonly says: string;
}

export interface PositionalSpec {
  readonly placeholder: string;
  /** The only words allowed. null: any word. */
  readonly choices: readonly string[] | null;
  readonly optional: boolean;
}

/** A command with all that parsing, help and completion need to know of it. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly says: readonly string[];
  readonly options: readonly OptionSpec[];
  readonly positional: PositionalSpec | null;
  readonly examples: readonly { readonly says: string; readonly line: string }[];
  readonly exitCodes: readonly { readonly code: number; readonly says: string }[];
  /** The exit code of a command line that is wrong, where 2 says something else. */
  readonly wrongCode?: 3;
}
