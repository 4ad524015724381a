/** Something in the request for a hook that was not taken as written. The text is for the person who wrote it. */
export interface HookWarning {
  readonly code: WarningCode;
  /** Names the key, the value, and what was taken instead; at most 120 characters (hooks.md section 3). */
  readonly text: string;
  /** What it is about: an annotation key, or a path inside of one, or inside of a Restore or policy; whole. */
  readonly place: string;
  /** That so many more were found at the place. Absent: it is about one thing, and itself. */
  readonly more?: number;
}

export type WarningCode =
  | 'UnknownKey'
  | 'MalformedCommand'
  | 'EmptyCommand'
  | 'MalformedDuration'
  | 'NegativeDuration'
  | 'MalformedOnError'
  | 'MalformedBoolean'
  | 'MalformedCount'
  | 'MalformedOnInterrupt'
  | 'IncompleteHook'
  | 'MalformedImage'
  | 'InvalidContainerName'
  | 'NameTaken'
  | 'ContainerNotFound'
  | 'MalformedList'
  | 'TooManyHooks'
  | 'UnknownField'
  | 'InvalidField'
  | 'UnknownWord'
  | 'MalformedRule'
  | 'MalformedSelector'
  | 'MalformedGlob'
  | 'AmbiguousRestore'
  | 'LeftToVelero'
  | 'HooksDropped';
