import { readFile } from 'node:fs/promises';
import { send } from '../support/webhook-process.ts';
import type { Hooks } from './bodies.ts';
import type { PodReview } from './pod.ts';
import type { Webhook } from './servers.ts';

interface Answer {
  readonly response?: {
    readonly uid?: string;
    readonly allowed?: boolean;
    readonly patch?: string;
    readonly warnings?: readonly string[];
  };
}

/**
 * Asks the webhook once, so that nothing is measured but what was meant to be.
 *
 * @param file of the review
 * @throws if the answer is another one than a review of this kind should get.
 */
export async function checkAnswer(webhook: Webhook, ca: string, file: string, hooks: Hooks): Promise<void> {
  const body = await readFile(file);
  const { request } = JSON.parse(body.toString('utf8')) as PodReview;
  const { status, body: answer } = await send({ port: webhook.port, ca }, body);
  const response = (answer as Answer).response ?? {};
  const patch = Buffer.from(response.patch ?? '', 'base64').toString('utf8');
  const isRight =
    status === 200 &&
    response.uid === request.uid &&
    response.allowed === true &&
    response.warnings === undefined &&
    patch.includes('admitted-for') === (hooks !== 'none') &&
    patch.includes('initContainers') === (hooks !== 'none');
  if (!isRight) throw new Error(`a review with hooks ${hooks} got ${status} ${JSON.stringify(answer)} ${patch}`);
}
