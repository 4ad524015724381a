import { writeFile } from 'node:fs/promises';
import { createAuthority, createServingCertificate } from './certificates.ts';
import { readCertsOptions, type CertsOptions } from './options.ts';
import { registration } from './registration.ts';
import { writeCertificates } from './write.ts';

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
