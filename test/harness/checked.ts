import { evidenceOf } from '../checker/evidence.ts'
import { violationsIn } from '../checker/invariants.ts'
import { inWords } from '../checker/violation.ts'
import type { ClusterAccess } from '../cluster/access.ts'
import { auditLogSize, readAuditLog } from './audit.ts'

interface Concern {
  /** Where in the log the first of the namespaces begins. */
  readonly start: number
  readonly namespaces: Set<string>
}

/** By audit log. */
const concerns = new Map<string, Concern>()

/** From now on what happens in the namespace is looked at when the test file has ended. */
export function keepAnEyeOn({ auditLog }: ClusterAccess, namespace: string): void {
  if (auditLog === undefined) return
  const concern = concerns.get(auditLog) ?? { start: auditLogSize(auditLog), namespaces: new Set() }
  concerns.set(auditLog, concern)
  concern.namespaces.add(namespace)
}

/** Holds what the audit log says against the invariants of the design. @throws Error that names each breach */
export function checkInvariants(auditLog: string): void {
  const concern = concerns.get(auditLog)
  concerns.delete(auditLog)
  if (!concern) return
  const evidence = evidenceOf(readAuditLog(auditLog, concern.start), namespace => concern.namespaces.has(namespace))
  const violations = violationsIn(evidence).map(inWords)
  if (violations.length > 0) throw new Error(`the audit log breaks invariants\n${violations.join('\n')}`)
}

export function checkAll(): void {
  for (const auditLog of [...concerns.keys()]) checkInvariants(auditLog)
}
