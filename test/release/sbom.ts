import { createHash } from 'node:crypto'

export interface Package {
  readonly name: string
  readonly version: string
  readonly license?: string
}

export interface Held {
  readonly rota: Package
  /** The bundle. */
  readonly bundle: Uint8Array
  /** What is in it. */
  readonly packages: readonly Package[]
  /** Which node runs it in the image. */
  readonly node: string
}

/** What is in the bundle, as CycloneDX 1.6. Without times, so that it is the same for the same bundle. */
export function sbomOf({ rota, bundle, packages, node }: Held): object {
  const sha256 = createHash('sha256').update(bundle).digest('hex')
  const root = `pkg:generic/rota@${rota.version}`
  const components = packages.map(({ name, version, license }) => {
    const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${version}`
    const licenses = license === undefined ? {} : { licenses: [{ expression: license }] }
    return { type: 'library', 'bom-ref': purl, name, version, purl, ...licenses }
  })
  const runtime = { type: 'platform', 'bom-ref': `pkg:generic/node@${node}`, name: 'node', version: node }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(sha256)}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': root,
        name: rota.name,
        version: rota.version,
        hashes: [{ alg: 'SHA-256', content: sha256 }],
        licenses: [{ expression: rota.license }],
      },
    },
    components: [...components, { ...runtime, purl: runtime['bom-ref'] }],
    dependencies: [{ ref: root, dependsOn: [...components, runtime].map(one => one['bom-ref']) }],
  }
}

/** A UUID (version 8: of one's own making) of a hash. */
function uuidOf(hash: string): string {
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`]
  return [...parts, hash.slice(20, 32)].join('-')
}
