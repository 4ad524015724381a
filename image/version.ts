import manifest from '../package.json' with { type: 'json' };

/** Of the package. The bundle has nothing but this of the file. */
export const { version } = manifest;
