import { join, resolve } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { makeArchive } from './archive.ts';
import { readArguments, usage } from './arguments.ts';
import { bundleProject } from './bundle.ts';
import { writeProjectFiles } from './project-files.ts';
import { root } from './root.ts';
import { renderSizes } from './size.ts';

const reading = readArguments(process.argv.slice(2));
if ('error' in reading) {
  console.error(`${reading.error}; --help tells what there is`);
  process.exitCode = 2;
} else {
  const { command } = reading;
  switch (command.kind) {
    case 'help':
      console.log(usage);
      break;
    case 'app':
      await writeProjectFiles(resolve(command.folder), await bundleProject());
      break;
    case 'archive': {
      const usual = join(root, 'out', `${manifest.name}-${manifest.version}.oci.tar`);
      const out = command.out === null ? usual : resolve(command.out);
      const cache = command.cache === null ? null : resolve(command.cache);
      const archive = await makeArchive(out, { source: command.source, cache, created: new Date() });
      console.log(`wrote ${archive.file}\nwrote ${archive.sbomFile}\n`);
      console.log(`${archive.references.join(', ')}\n${archive.digest}\n\n${renderSizes(archive.sizes)}`);
      break;
    }
  }
}
