import { API_VERSION, KIND } from '../api/names.ts'
import { type Finding, membersOf } from './finding.ts'
import { metadataFindings } from './metadata.ts'
import { ruleFindings } from './rules.ts'
import { SPEC_SCHEMA } from './schema.generated.ts'
import { structureFindings } from './structure.ts'

/**
 * All that is wrong with a manifest of a ScheduledTask: whatever the API server refuses, and what Rota could not work with.
 * Pure; needs no cluster.
 */
export function validate(manifest: unknown): readonly Finding[] {
  const { apiVersion, kind, metadata, spec, ...rest } = membersOf(manifest)
  const reason = 'InvalidManifest'
  const findings: Finding[] = []
  if (apiVersion !== API_VERSION) findings.push({ path: ['apiVersion'], message: `must be ${API_VERSION}`, reason })
  if (kind !== KIND) findings.push({ path: ['kind'], message: `must be ${KIND}`, reason })
  for (const name of Object.keys(rest)) {
    if (name !== 'status') findings.push({ path: [name], message: `is no field of a ${KIND}`, reason })
  }
  findings.push(...metadataFindings(metadata))
  if (spec === undefined || spec === null) return [...findings, { path: ['spec'], message: 'is missing', reason }]
  const { name, namespace } = membersOf(metadata)
  const home = { name: String(name ?? ''), namespace: String(namespace ?? 'default') }
  return [...findings, ...structureFindings(SPEC_SCHEMA, spec, ['spec']), ...ruleFindings(spec, home)]
}
