import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { readFile } from 'node:fs/promises';
import { certificateOf } from './certificates.ts';
import type { Instance } from './instance.ts';

/** One try; a server that takes longer is not ready. */
const timeoutMs = 2_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Identification {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized?: boolean;
}

/** Asks for a URL with a certificate nobody vouches for, or none. null: no answer, for whatever reason. */
export async function ask(
  url: string,
  identification: Identification = { rejectUnauthorized: false },
): Promise<Answer | null> {
  return new Promise((resolve) => {
    const request = url.startsWith('https:') ? httpsRequest : httpRequest;
    const outgoing = request(
      url,
      { ...identification, agent: false, signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
        response.on('error', () => resolve(null));
      },
    );
    outgoing.on('error', () => resolve(null));
    outgoing.end();
  });
}

/** Whether a URL answers with 200. */
export async function answers(url: string): Promise<boolean> {
  return (await ask(url))?.status === 200;
}

/** Whether somebody listens at a Unix socket. */
export async function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Asks for a URL of the instance's API server or kubelet as its administrator. null: no answer. */
export async function askAsAdmin(instance: Instance, url: string): Promise<Answer | null> {
  const admin = certificateOf(instance, 'admin');
  const [ca, cert, key] = await Promise.all([
    readFile(certificateOf(instance, 'ca').cert),
    readFile(admin.cert),
    readFile(admin.key),
  ]);
  return ask(url, { ca, cert, key });
}
