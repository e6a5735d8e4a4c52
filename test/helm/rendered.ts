import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import type { Document } from '../../src/manifest/documents.ts'
import { CHART, type Helm, mustHelm } from './helm.ts'

export interface Manifest extends Document {
  readonly spec?: Readonly<Record<string, unknown>>
  readonly [more: string]: unknown
}

/** What the chart makes of these values, hooks included. @throws Error with Helm's words */
export async function chart(helm: Helm, namespace: string, ...sets: readonly string[]): Promise<readonly Manifest[]> {
  const flags = sets.flatMap(set => ['--set', set])
  return manifests(await mustHelm(helm)('template', 'rota', CHART, '-n', namespace, ...flags))
}

/** What kustomize makes of a folder. @throws Error with its words */
export async function kustomized(kubectl: string, folder: string): Promise<readonly Manifest[]> {
  const { stdout } = await promisify(execFile)(kubectl, ['kustomize', folder], { maxBuffer: 1 << 26 })
  return manifests(stdout)
}

function manifests(yaml: string): readonly Manifest[] {
  return parseAllDocuments(yaml)
    .map(document => document.toJS() as Manifest | null)
    .filter(manifest => manifest !== null)
}

/** @throws Error when there is none */
export function named(all: readonly Manifest[], kind: string, name: string): Manifest {
  const found = all.find(one => one.kind === kind && one.metadata.name === name)
  if (!found) throw new Error(`there is no ${kind} ${name}`)
  return found
}
