import { choose, type Part } from './command-line.ts';
import { version } from './version.ts';

/** Each is loaded alone: the webhook pays for nothing that only the executor needs. */
const mains: Readonly<Record<Part, () => Promise<unknown>>> = {
  webhook: () => import('../webhook/main.ts'),
  executor: () => import('../executor/main.ts'),
  certs: () => import('../certs/main.ts'),
};

const choice = choose(process.argv.slice(2), version);
switch (choice.kind) {
  case 'part':
    // A part finds its own arguments where it finds them when it is started by itself.
    process.argv.splice(2, 1);
    await mains[choice.part]();
    break;
  case 'print':
    console.log(choice.text);
    break;
  case 'misuse':
    console.error(choice.text);
    process.exitCode = 2;
    break;
}
