import type { WarningCode } from '../../shared/warning.ts';
import { printable } from '../plan/printable.ts';

export type Severity = 'error' | 'warning';

/** What lint looks for beyond the warnings that the webhook would give. */
export type LintCode =
  | 'InvalidYAML'
  | 'InvalidPod'
  | 'InvalidObject'
  | 'NotAnObject'
  | 'PaddedImage'
  | 'ShellOneLiner'
  | 'WaitTimeoutShorterThanStartup'
  | 'FailWithoutWaitTimeout'
  | 'DuplicateHook'
  | 'MisplacedAnnotation';

export type FindingCode = WarningCode | LintCode;

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
}

/** Something in a file, and where. */
export interface Finding extends Position {
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly file: string;
  /** One line of text. */
  readonly message: string;
}

/** Error: it is not taken as written, or it will fail, or it never runs. Warning: it works, and may not be what was meant. */
const severities: Readonly<Record<FindingCode, Severity>> = {
  UnknownKey: 'error',
  MalformedCommand: 'error',
  EmptyCommand: 'error',
  MalformedDuration: 'error',
  NegativeDuration: 'error',
  MalformedOnError: 'error',
  MalformedBoolean: 'error',
  MalformedCount: 'error',
  MalformedOnInterrupt: 'error',
  IncompleteHook: 'error',
  MalformedImage: 'error',
  PaddedImage: 'warning',
  InvalidContainerName: 'error',
  NameTaken: 'warning',
  ContainerNotFound: 'error',
  MalformedList: 'error',
  TooManyHooks: 'error',
  UnknownField: 'error',
  InvalidField: 'error',
  UnknownWord: 'error',
  MalformedRule: 'error',
  MalformedSelector: 'error',
  MalformedGlob: 'error',
  AmbiguousRestore: 'warning',
  LeftToVelero: 'error',
  HooksDropped: 'error',
  InvalidYAML: 'error',
  InvalidPod: 'error',
  InvalidObject: 'error',
  NotAnObject: 'warning',
  ShellOneLiner: 'error',
  WaitTimeoutShorterThanStartup: 'warning',
  FailWithoutWaitTimeout: 'warning',
  DuplicateHook: 'warning',
  MisplacedAnnotation: 'error',
};

/** The message may hold names that nobody has validated. */
export function findingAt(file: string, { line, column }: Position, code: FindingCode, message: string): Finding {
  return { severity: severities[code], code, file, line, column, message: printable(message) };
}
