import { quote, shorten } from './quote.ts';
import type { HookWarning, WarningCode } from './warning.ts';

/** The API server advises no more for one warning (admission.k8s.io/v1, AdmissionResponse.warnings). */
export const longestWarning = 120;

/**
 * Every sentence that can be said about what was asked for, in one place. `key` is the annotation's, `value` is shortened
 * as far as the sentence needs, `taken` says what counts instead.
 */
export const warnings = {
  unknownKey: (key: string, nearest: string) => {
    const [before, after] = [' is unknown and ignored: did you mean ', '?'];
    return warning('UnknownKey', key, () => {
      const whole = `${shorten(key, longestWarning)}${before}${nearest}${after}`;
      if (whole.length <= longestWarning) return whole;
      const end = `${before}${nearest.slice(nearest.indexOf('/') + 1)}${after}`;
      return `${shorten(key, longestWarning - end.length)}${end}`;
    });
  },
  incompleteHook: (key: string, value: string, missingKey: string) =>
    fit(
      'IncompleteHook',
      key,
      value,
      ` is ignored, for there is no ${missingKey.slice(missingKey.indexOf('/') + 1)}: no hook`,
    ),
  malformedCommand: (key: string, value: string) =>
    fit('MalformedCommand', key, value, ' is no JSON array of strings: taken as one single argument'),
  emptyCommand: (key: string, value: string) => fit('EmptyCommand', key, value, ' is an empty command: no hook'),
  malformedDuration: (key: string, value: string, taken: string) =>
    fit('MalformedDuration', key, value, ` is no duration such as 1m30s: ${taken}`),
  negativeDuration: (key: string, value: string, taken: string) =>
    fit('NegativeDuration', key, value, ` is negative: ${taken}`),
  malformedOnError: (key: string, value: string, taken: string) =>
    fit('MalformedOnError', key, value, ` is neither Fail nor Continue: ${taken} is taken`),
  malformedBoolean: (key: string, value: string, taken: boolean) =>
    fit('MalformedBoolean', key, value, ` is neither true nor false: ${taken} is taken`),
  strangeBoolean: (key: string, value: string) =>
    fit('MalformedBoolean', key, value, ' is neither true nor false, and ignored'),
  malformedCount: (key: string, value: string, most: number, taken: number) =>
    fit('MalformedCount', key, value, ` is no whole number from 0 to ${most}: ${taken} is taken`),
  malformedOnInterrupt: (key: string, value: string, taken: string) =>
    fit('MalformedOnInterrupt', key, value, ` is neither Fail nor Retry: ${taken} is taken`),
  blankImage: (key: string, value: string) => fit('MalformedImage', key, value, ' names no image: no hook'),
  paddedImage: (key: string, value: string) =>
    fit('MalformedImage', key, value, ' has white space around it: taken without it'),
  invalidContainerName: (key: string, value: string, taken: string) =>
    fit('InvalidContainerName', key, value, ` is no container name: ${taken} is taken`),
  nameTaken: (key: string, value: string, suffix: string) =>
    fit('NameTaken', key, value, ` is the name of another container: taken with ${suffix} at its end`),
  containerNotFound: (key: string, value: string) =>
    fit('ContainerNotFound', key, value, ' is no container of this pod: the hook will fail'),
  noContainers: (key: string) => at('ContainerNotFound', key, ' has no container to run in: no hook'),
  malformedList: (key: string, why: string) => at('MalformedList', key, ` ${why}: no hook of it is run`),
  tooManyHooks: (key: string, most: number) =>
    at('TooManyHooks', key, ` has more than ${most} hooks: those after them are left out`),
  tooManyRules: (place: string, most: number) =>
    at('TooManyHooks', place, ` has more than ${most} rules: those after them are not applied`),
  moreProblems: (key: string, more: number): HookWarning => ({
    ...at('InvalidField', key, ` has ${more} more problems`),
    more,
  }),
  unknownField: (place: string) => at('UnknownField', place, ' is unknown and ignored'),
  invalidField: (place: string, says: string, what: string) => at('InvalidField', place, ` ${says}: ${what}`),
  malformedRule: (place: string, why: string) => at('MalformedRule', place, ` ${why}: the rule is not applied`),
  malformedSelector: (place: string, says: string) => at('MalformedSelector', place, ` ${says}: it matches no pod`),
  malformedGlob: (place: string, value: string) =>
    fit('MalformedGlob', place, value, ' is no glob: it matches nothing'),
  ambiguousRestore: (name: string, taken: string) =>
    fit(
      'AmbiguousRestore',
      'Restore',
      name,
      ` is there more than once: the newest, in ${shorten(taken, 32)}, is taken`,
    ),
  veleroAtWork: (restore: string, hooks: number) =>
    fit(
      'LeftToVelero',
      'Restore',
      restore,
      ` is worked on by a Velero, and this is standalone: ${hooks} of its hooks left alone`,
    ),
  restoreHoldsHooks: (restore: string, hooks: number) =>
    fit('LeftToVelero', 'Restore', restore, ` holds hooks that Velero runs: ${hooks} of ours not run in this pod`),
  notTakenOver: (hooks: number) =>
    at(
      'LeftToVelero',
      'this namespace',
      ` is not taken over from Velero: ${hooks} of our own hooks not run in this pod`,
    ),
  annotationsTooLarge: (hooks: number) =>
    at('LeftToVelero', 'metadata.annotations', ` have no room for more: ${hooks} hooks not run in this pod`),
  restoreHooksDropped: (restore: string, phase: string) =>
    fit('HooksDropped', 'Restore', restore, ` is ${shorten(phase, 30)} already: hooks written to it now are dropped`),
  restoreHooksTooLarge: (restore: string) =>
    fit('LeftToVelero', 'Restore', restore, ' has more hooks than its annotations hold: they are left to Velero'),
  unknownWord: (key: string, value: string, known: readonly string[]) =>
    fit('UnknownWord', key, value, ` is ignored: it is none of ${known.join(', ')}`),
};

/** Of a place that has to be shortened to leave room for a value, this much is kept for the value. */
const valueRoom = 16;

function fit(code: WarningCode, place: string, value: string, rest: string): HookWarning {
  return warning(code, place, () => {
    const shown = shortenPlace(place, longestWarning - rest.length - 1 - valueRoom);
    const room = longestWarning - shown.length - 1 - rest.length;
    return `${shown} ${quote(value, room)}${rest}`;
  });
}

function at(code: WarningCode, place: string, rest: string): HookWarning {
  return warning(code, place, () => `${shortenPlace(place, longestWarning - rest.length)}${rest}`);
}

/**
 * A place keeps its beginning, inside of a list as far as to say which hook it is, and its end, which says which field. It may
 * hold names that nobody has validated.
 */
function shortenPlace(place: string, room: number): string {
  if (place.length <= room) return printable(place);
  const hook = place.slice(0, place.indexOf(']') + 1);
  const beginning = hook !== '' && hook.length + 1 < room ? hook : place.slice(0, Math.max(0, Math.floor(room / 2)));
  return printable(`${beginning}…${place.slice(beginning.length + 1 + place.length - room)}`);
}

/** The API server drops a warning with a control character in it. Each is replaced by one character, halves of a pair too. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '\ufffd').toWellFormed();
}

/** The sentence is made when it is asked for: of fifty thousand warnings about one Restore, fifty are told. */
function warning(code: WarningCode, place: string, sentence: () => string): HookWarning {
  let made: string | null = null;
  return {
    code,
    place,
    get text() {
      return (made ??= sentence());
    },
  };
}
