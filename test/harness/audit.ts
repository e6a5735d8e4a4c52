import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'

/** What the API server writes about a request; the fields that tests look at. */
export interface AuditEvent {
  readonly auditID: string
  readonly level: 'Metadata' | 'Request' | 'RequestResponse'
  readonly verb: string
  readonly requestURI: string
  readonly user: { readonly username: string; readonly groups?: readonly string[] }
  readonly impersonatedUser?: { readonly username: string; readonly groups?: readonly string[] }
  /** How somebody was allowed to be another; absent with classic impersonation. */
  readonly authenticationMetadata?: { readonly impersonationConstraint?: string }
  readonly userAgent?: string
  readonly objectRef?: {
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
    readonly apiGroup?: string
    readonly apiVersion?: string
  }
  readonly responseStatus?: { readonly code?: number; readonly reason?: string }
  readonly requestObject?: unknown
  readonly responseObject?: unknown
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly stage: string
}

/**
 * The requests in the order of their ends, from byte `start` of the log on, which is 0 or what `auditLogSize` said; a
 * request shows a moment after its answer.
 */
export function readAuditLog(auditLog: string, start = 0): AuditEvent[] {
  const lines = bytesOf(auditLog, start, statSync(auditLog).size).toString('utf8').split('\n')
  lines.pop() // empty, or half written
  return lines.map(line => JSON.parse(line) as AuditEvent)
}

/** In bytes, up to the end of the last whole line. */
export function auditLogSize(auditLog: string): number {
  const size = existsSync(auditLog) ? statSync(auditLog).size : 0
  for (let end = size; end > 0; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK)
    const newline = bytesOf(auditLog, start, end).lastIndexOf('\n')
    if (newline >= 0) return start + newline + 1
  }
  return 0
}

/** The log of a whole run of tests is large: no more of it is read than asked for. */
const BLOCK = 64 * 1024

/** Of a file, from one place up to another. */
export function bytesOf(path: string, start: number, end: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(end - start)
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start))
  } finally {
    closeSync(file)
  }
}
