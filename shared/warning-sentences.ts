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
    const whole = `${shorten(key, longestWarning)}${before}${nearest}${after}`;
    if (whole.length <= longestWarning) return warning('UnknownKey', whole);
    const end = `${before}${nearest.slice(nearest.indexOf('/') + 1)}${after}`;
    return warning('UnknownKey', `${shorten(key, longestWarning - end.length)}${end}`);
  },
  notSupported: (key: string) => warning('NotSupported', `${key} is ignored: this version does not act on it yet`),
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
  blankImage: (key: string, value: string) => fit('MalformedImage', key, value, ' names no image: no hook'),
  paddedImage: (key: string, value: string) =>
    fit('MalformedImage', key, value, ' has white space around it: taken without it'),
  invalidContainerName: (key: string, value: string, taken: string) =>
    fit('InvalidContainerName', key, value, ` is no container name: ${taken} is taken`),
  nameTaken: (key: string, value: string, suffix: string) =>
    fit('NameTaken', key, value, ` is the name of another container: taken with ${suffix} at its end`),
  containerNotFound: (key: string, value: string) =>
    fit('ContainerNotFound', key, value, ' is no container of this pod: the hook will fail'),
  noContainers: (key: string) => warning('ContainerNotFound', `${key} has no container to run in: no hook`),
  malformedList: (key: string, why: string) => warning('MalformedList', `${key} ${why}: no hook of it is run`),
  tooManyHooks: (key: string, most: number) =>
    warning('TooManyHooks', `${key} has more than ${most} hooks: those after them are left out`),
  moreProblems: (key: string, count: number) => warning('InvalidField', `${key} has ${count} more problems`),
  unknownField: (place: string) => at('UnknownField', place, ' is unknown and ignored'),
  invalidField: (place: string, says: string, what: string) => at('InvalidField', place, ` ${says}: ${what}`),
  unknownWord: (key: string, value: string, known: readonly string[]) =>
    fit('UnknownWord', key, value, ` is ignored: it is none of ${known.join(', ')}`),
};

function fit(code: WarningCode, key: string, value: string, rest: string): HookWarning {
  const room = longestWarning - key.length - 1 - rest.length;
  return warning(code, `${key} ${quote(value, room)}${rest}`);
}

/** A place inside of a list keeps its beginning, which says which hook it is, and its end, which says which field. */
function at(code: WarningCode, place: string, rest: string): HookWarning {
  const room = longestWarning - rest.length;
  if (place.length <= room) return warning(code, place + rest);
  const beginning = place.slice(0, place.indexOf(']') + 1);
  return warning(code, `${beginning}…${place.slice(beginning.length + 1 + place.length - room).toWellFormed()}${rest}`);
}

function warning(code: WarningCode, text: string): HookWarning {
  return { code, text };
}
