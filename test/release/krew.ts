export interface KrewRelease {
  readonly version: string
  /** Where the archives of all releases are: `<base>/v<version>/<file>`. */
  readonly base: string
  readonly archive: string
  readonly sha256: string
}

/** The manifest of the kubectl plugin for krew. One archive serves all platforms: it is a script for node. */
export function krewManifest({ version, base, archive, sha256 }: KrewRelease): object {
  const uri = `${base}/v${version}/${archive}`
  const platforms = ['linux', 'darwin'].map(os => ({
    selector: { matchLabels: { os } },
    uri,
    sha256,
    bin: 'kubectl-rota',
    files: ['kubectl-rota', 'LICENSES.json'].map(from => ({ from, to: '.' })),
  }))
  return {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'rota' },
    spec: {
      version: `v${version}`,
      homepage: base.replace(/\/releases\/download$/, ''),
      shortDescription: 'Run namespace operations on a schedule',
      description:
        'Runs, wakes, cancels, suspends and holds ScheduledTasks of Rota, shows their history,\nwhy they ran or did not, and what they would change.\n',
      caveats: 'It takes Node 24 or newer in the PATH.\n',
      platforms,
    },
  }
}
