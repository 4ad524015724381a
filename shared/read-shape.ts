import { parseQuantity } from './quantity.ts';
import { quote, shorten } from './quote.ts';
import type { RecordShape, Shape } from './shape.ts';
import { isJsonList, isJsonMap } from './json-value.ts';
import type { Json } from './yaml-value.ts';

/** Something that is not taken as it was written. */
export interface Problem {
  /** Where: an annotation key with the path inside, such as `restorehooks.io/init[0].env[1].value`. */
  readonly place: string;
  readonly says: string;
  /** The place of what is left out because of it, which may hold more than `place`. null: nothing that means anything. */
  readonly leftOut: string | null;
}

export interface ShapeReading {
  /** What is left of the value; undefined: nothing. Its maps have the shape's fields, in the shape's order. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** A key can be as long as its text. */
const longestKey = 40;
/** Values are quoted where they are names or words, and never where they may be secret. */
const quotedRoom = 26;
/** Of one list or map. More than an object that the API server takes has room to mean; each takes time at every pod. */
const mostElements = 10_000;
const tooMany = `has more than ${mostElements.toLocaleString('en')} elements`;

/** Takes of a value what has the shape. What has it not is left out, with a problem for each; null is as good as absent. */
export function readShape(shape: Shape, value: Json, place: string): ShapeReading {
  switch (shape.is) {
    case 'text': {
      if (typeof value !== 'string') return bad(place, `is ${kindOf(value)}, not text`);
      const says = shape.rule(value);
      return says === null ? good(value) : bad(place, `${quote(value, quotedRoom)} ${says}`);
    }
    case 'boolean':
      return typeof value === 'boolean' ? good(value) : bad(place, `is ${kindOf(value)}, not true or false`);
    case 'integer':
      if (typeof value !== 'number') return bad(place, `is ${kindOf(value)}, not a number`);
      if (Number.isInteger(value) && value >= shape.from && value <= shape.to) return good(value);
      return bad(place, `is no whole number from ${shape.from} to ${shape.to}`);
    case 'quantity': {
      const written = typeof value === 'number' ? String(value) : value;
      if (typeof written === 'string' && parseQuantity(written) !== null) return good(written);
      return bad(place, 'is no quantity such as 500m or 64Mi');
    }
    case 'raw':
      return good(value);
    case 'refused':
      return bad(place, shape.why);
    case 'list': {
      if (!isJsonList(value)) return bad(place, `is ${kindOf(value)}, not a list`);
      if (value.length > mostElements) return bad(place, tooMany);
      const problems: Problem[] = [];
      const values: unknown[] = [];
      for (const [index, element] of value.entries()) {
        const reading = readShape(shape.of, element, `${place}[${index}]`);
        for (const problem of reading.problems) problems.push(problem);
        if (reading.value !== undefined) values.push(reading.value);
      }
      if (shape.whole && values.length < value.length) return { value: undefined, problems: spoil(problems, place) };
      return { value: values, problems };
    }
    case 'map':
      return readMap(shape, value, place);
    case 'record':
      return readRecord(shape, value, place);
  }
}

function readMap(shape: Extract<Shape, { is: 'map' }>, value: Json, place: string): ShapeReading {
  if (!isJsonMap(value)) return bad(place, `is ${kindOf(value)}, not a map`);
  if (Object.keys(value).length > mostElements) return bad(place, tooMany);
  const readings = Object.entries(value).map(([key, element]) => {
    const inside = `${place}.${shorten(key, longestKey)}`;
    const says = shape.keyRule(key);
    return { key, ...(says === null ? readShape(shape.of, element, inside) : bad(inside, says)) };
  });
  const entries = readings.flatMap((each) => (each.value === undefined ? [] : [[each.key, each.value] as const]));
  const problems = readings.flatMap((each) => each.problems);
  if (shape.whole && entries.length < readings.length) return { value: undefined, problems: spoil(problems, place) };
  return { value: Object.fromEntries(entries), problems };
}

function readRecord({ fields, agree }: RecordShape, value: Json, place: string): ShapeReading {
  if (!isJsonMap(value)) return bad(place, `is ${kindOf(value)}, not a map`);
  const problems: Problem[] = [];
  for (const key of Object.keys(value)) {
    if (fields.has(key)) continue;
    problems.push({ place: `${place}.${shorten(key, longestKey)}`, says: 'is unknown', leftOut: null });
  }
  const taken: Record<string, unknown> = {};
  let spoiled = false;
  for (const [key, { shape, need }] of fields) {
    const element = Object.hasOwn(value, key) ? (value[key] ?? null) : null;
    if (element === null) {
      if (need !== 'required') continue;
      problems.push({ place, says: `has no ${key}`, leftOut: place });
      spoiled = true;
      continue;
    }
    const reading = readShape(shape, element, `${place}.${key}`);
    const spoils = reading.value === undefined && need !== 'optional';
    for (const problem of spoils ? spoil(reading.problems, place) : reading.problems) problems.push(problem);
    if (reading.value !== undefined) taken[key] = reading.value;
    spoiled ||= spoils;
  }
  if (spoiled) return { value: undefined, problems };
  const says = agree(taken);
  if (says !== null) return { value: undefined, problems: [...problems, { place, says, leftOut: place }] };
  return { value: taken, problems };
}

const none: readonly Problem[] = [];

function good(value: unknown): ShapeReading {
  return { value, problems: none };
}

function bad(place: string, says: string): ShapeReading {
  return { value: undefined, problems: [{ place, says, leftOut: place }] };
}

function spoil(problems: readonly Problem[], place: string): Problem[] {
  return problems.map((problem) => (problem.leftOut === null ? problem : { ...problem, leftOut: place }));
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (isJsonList(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'a number' : 'true or false';
}
