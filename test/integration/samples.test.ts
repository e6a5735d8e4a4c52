import { globSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createNamespace, sharedCluster } from '../harness/cluster.ts'

const cluster = sharedCluster()
const TEAMS = ['platform', 'team-a', 'team-b']

/** The samples but the cookbook, which has a test of its own, and the manifests that stand in pages for people. */
const MANIFESTS = new Map([
  ...globSync('deploy/samples/{namespaces,tasks}/*.yaml').map(path => [path, readFileSync(path, 'utf8')] as const),
  ...manifestsIn('README.md'),
])

describe('samples', () => {
  const namespaces = new Map<string, string>()
  beforeAll(async () => {
    for (const team of TEAMS) namespaces.set(team, await createNamespace(cluster, team))
  })

  test('there are some, also in pages', () => {
    const names = [...MANIFESTS.keys()]
    expect(names).toContain('deploy/samples/tasks/nights-off.yaml')
    expect(names).toContain('README.md, manifest 1')
  })

  test.each([...MANIFESTS])('%s passes the API server', async (_, text) => {
    let input = text
    for (const [team, namespace] of namespaces) input = input.replaceAll(team, namespace)
    const dryRun = ['apply', '--dry-run=server', '--validate=strict', '-f', '-']
    const { stdout } = await cluster.kubectl(dryRun, { input })
    expect(stdout).toContain('(server dry run)')
  })
})

/** The fenced blocks of YAML in a page. */
function manifestsIn(page: string): readonly (readonly [string, string])[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```yaml\n(.*?)^```$/gms)]
  return blocks.map(([, text = ''], n) => [`${page}, manifest ${n + 1}`, text] as const)
}
