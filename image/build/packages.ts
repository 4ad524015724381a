/** The part of package-lock.json that is read here; `dev`: nothing but the development needs it. */
export interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
}

export interface Package {
  /** From the project's own: `node_modules/pino`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/**
 * The packages in these folders, as npm's lock has them. Throws if one is no production dependency. A bundler takes what is
 * installed: some packages ask for others in case they are there, and in a checkout the tools of the development are.
 */
export function productionPackages(folders: readonly string[], { packages }: Lock): readonly Package[] {
  return folders.map((folder) => {
    const { version, dev } = packages[folder] ?? {};
    if (version === undefined || dev === true)
      throw new Error(`the bundle holds what is no production dependency: ${folder}`);
    return { folder, name: folder.replace(/^.*\bnode_modules\//, ''), version };
  });
}
