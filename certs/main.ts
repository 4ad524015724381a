import { writeFile } from 'node:fs/promises';
import { readEnvironment } from '../shared/service/environment.ts';
import { createLogger } from '../shared/service/logger.ts';
import { openCluster } from '../shared/service/open-cluster.ts';
import { shutdownSignal } from '../shared/service/shutdown.ts';
import { createAuthority, createServingCertificate } from './certificates.ts';
import { keepEnvironment } from './keep-config.ts';
import { readCertsOptions, type CertsOptions } from './options.ts';
import { registration } from './registration.ts';
import { runKeep } from './start.ts';
import { writeCertificates } from './write.ts';

const [command, ...more] = process.argv.slice(2);
if (command !== 'keep') await make();
else if (more.length === 0) await keepThem();
else refuse(`certs keep takes no arguments; its environment says all`);

/** Keeps the certificate of the webhook beside it until a signal ends the process. */
async function keepThem(): Promise<void> {
  const reading = readEnvironment(keepEnvironment, process.env);
  if (!reading.ok) return refuse(`the configuration is not usable\n${reading.message}`);
  const log = createLogger({ name: 'certs', level: reading.config.logLevel });
  try {
    await runKeep(reading.config, (kubeconfig) => openCluster(kubeconfig, process.env), log, shutdownSignal());
    // The API client's idle connections would keep the process for as long as the server likes.
    process.exit(0);
  } catch (error) {
    log.fatal({ err: error }, 'certs keep failed');
    process.exit(1);
  }
}

/** Makes a certificate once. */
async function make(): Promise<void> {
  const reading = readCertsOptions(process.argv.slice(2));
  if (reading.ok) {
    try {
      for (const path of await issue(reading.options)) console.log(`wrote ${path}`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  } else if (reading.help) {
    console.log(reading.message);
  } else {
    console.error(reading.message);
    process.exitCode = 2;
  }
}

async function issue({ out, days, authorityDays, registration: request, ...subjects }: CertsOptions) {
  const authority = await createAuthority(Date.now(), authorityDays);
  const serving = await createServingCertificate(authority, subjects, Date.now(), days);
  const paths = await writeCertificates(out, serving, authority.cert);
  if (request === null) return paths;
  const { file, address, ...rest } = request;
  const object = registration({ ...rest, ...address, caBundle: authority.cert });
  await writeFile(file, `${JSON.stringify(object, null, 2)}\n`);
  return [...paths, file];
}

function refuse(problem: string): never {
  process.stderr.write(`restore-hooks certs: ${problem}\n`);
  process.exit(2);
}
