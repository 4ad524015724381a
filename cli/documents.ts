import { Composer, Lexer, LineCounter, Parser, type CST, type Document, type ParsedNode } from 'yaml';
import type { Json } from '../shared/yaml-value.ts';
import { splitJson, type JsonChunk } from './json-stream.ts';
import { documentValue, ValueProblem } from './node-value.ts';

/** A text and what people call it. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** One document of a file, and where its parts stand in the file. */
export interface SourceDocument {
  readonly file: string;
  readonly document: Document.Parsed;
  /** Of the whole file, for offsets of the document's nodes. */
  readonly lineCounter: LineCounter;
  /** Aliases and merge keys resolved. What an alias repeats is one object in memory. */
  readonly value: Json;
}

/** Lines and columns are counted from 1. */
export interface DocumentProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface DocumentsReading {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly DocumentProblem[];
}

/** Of one document; what follows a syntax error is mostly its consequence. */
const mostProblems = 5;
/** The parser's own stack, which holds two or three entries for each level: the deepest schema in a CRD has 40 levels. */
const deepestStack = 500;
/** Its document, an entry for each level. */
const deepestJson = 400;
const tooDeep = 'nests too deep';

const options = {
  schema: 'core',
  version: '1.2',
  resolveKnownTags: false,
  stringKeys: true,
  // Its own search for double keys compares each with each.
  uniqueKeys: false,
  merge: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/**
 * Reads any number of YAML 1.2 or JSON documents; empty ones are passed over. Never throws: a document that cannot be
 * read gives problems, and the others are read all the same, as far as they can be told apart.
 */
export function readDocuments(file: SourceFile): DocumentsReading {
  const { name, text } = file;
  const lineCounter = new LineCounter();
  lineCounter.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineCounter.addNewLine(at + 1);
  const documents: SourceDocument[] = [];
  const problems: DocumentProblem[] = [];

  function refuse(offset: number, message: string): void {
    const { line, col } = lineCounter.linePos(Math.min(offset, text.length));
    problems.push({ file: name, line, column: col, message });
  }

  function take(document: Document.Parsed): void {
    const found = [...document.errors, ...document.warnings];
    for (const { pos, message } of found.slice(0, mostProblems)) refuse(pos[0], firstLine(message));
    if (found.length > 0) return;
    try {
      const value = documentValue(document);
      if (value !== null) documents.push({ file: name, document, lineCounter, value });
    } catch (error) {
      if (!(error instanceof ValueProblem)) throw error;
      refuse(error.offset, error.message);
    }
  }

  function readYaml(start: number): void {
    try {
      for (const document of compose(text.slice(start), start)) take(document);
    } catch (error) {
      if (!(error instanceof TooDeep)) throw error;
      refuse(error.offset, error.message);
    }
  }

  const { chunks, rest } = splitJson(text);
  for (const chunk of chunks) {
    if (chunk.depth > deepestJson) refuse(chunk.start, tooDeep);
    else documents.push(new JsonDocument(name, lineCounter, chunk));
  }
  readYaml(rest);
  return { documents, problems };
}

/** Its nodes are made when they are asked for: only `lint` asks, and a List from kubectl can have many megabytes. */
class JsonDocument implements SourceDocument {
  readonly file: string;
  readonly lineCounter: LineCounter;
  readonly value: Json;
  readonly #chunk: JsonChunk;
  #document: Document.Parsed | undefined;

  constructor(file: string, lineCounter: LineCounter, chunk: JsonChunk) {
    this.file = file;
    this.lineCounter = lineCounter;
    this.value = chunk.value;
    this.#chunk = chunk;
  }

  get document(): Document.Parsed {
    const [document] = this.#document === undefined ? compose(this.#chunk.source, this.#chunk.start) : [this.#document];
    if (document === undefined) throw new Error('JSON without a value');
    this.#document = document;
    return document;
  }
}

/** The documents of a part of a file; their offsets are those of the file. */
function* compose(source: string, start: number): Generator<Document.Parsed> {
  const composer = new Composer<ParsedNode, true>(options);
  yield* composer.compose(tokensOf(source, start));
}

/** Like Parser.parse, with a bound: the composer takes a call for every level, and a stack that overflows ends the process. */
function* tokensOf(source: string, start: number): Generator<CST.Token> {
  const parser = new Parser();
  parser.offset = start;
  for (const lexeme of new Lexer().lex(source)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > deepestStack) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}

class TooDeep extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super(tooDeep);
    this.offset = offset;
  }
}

/** Some of the parser's messages quote the source. */
function firstLine(message: string): string {
  return message.replace(/\s*\n[^]*$/, '');
}
