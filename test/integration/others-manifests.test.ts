import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { judgeOrSkip, judgeWith, SHIPPED } from '../gitops/judge.ts'

const program = await judgeOrSkip()
const judge = judgeWith(program, SHIPPED)
const CASES = [
  { path: 'deploy/argocd/rota.yaml', kind: 'Application', question: 'application' },
  { path: 'deploy/argocd/team-a.yaml', kind: 'Application', question: 'application' },
  { path: 'deploy/flux/team-a.yaml', kind: 'Kustomization', question: 'kustomization' },
  { path: 'test/kind.yaml', kind: 'Cluster', question: 'kind' },
] as const

describe.skipIf(program === '')('manifests for Argo CD, Flux and kind', () => {
  test.each(CASES)('$path has no field that these do not know', async ({ path, kind, question }) => {
    const documents = parseAllDocuments(readFileSync(path, 'utf8')).map(document => document.toJS() as object)
    const found = documents.find(document => 'kind' in document && document.kind === kind) ?? {}
    expect(await judge(question, [found])).toEqual([''])
    expect(await judge(question, [{ ...found, specs: {} }])).toEqual([expect.stringContaining('specs')])
  })
})
