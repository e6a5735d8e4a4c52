import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { auditLogSize, readAuditLog } from './audit.ts'

function log(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rota-audit-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'audit.log')
}
const event = (auditID: string, filling = '') => `${JSON.stringify({ auditID, filling })}\n`
const idsIn = (path: string, start?: number) => readAuditLog(path, start).map(({ auditID }) => auditID)

describe('the audit log', () => {
  test('is read from where it ended before', () => {
    const path = log()
    expect(auditLogSize(path)).toBe(0)
    appendFileSync(path, event('a') + event('ä'))
    const start = auditLogSize(path)
    appendFileSync(path, event('b'))
    expect(idsIn(path)).toEqual(['a', 'ä', 'b'])
    expect(idsIn(path, start)).toEqual(['b'])
  })

  test('ends with its last whole line, however long the next one is already', () => {
    const path = log()
    appendFileSync(path, event('a'))
    const start = auditLogSize(path)
    const long = event('b', 'x'.repeat(200_000))
    appendFileSync(path, long.slice(0, -1))
    expect([auditLogSize(path), idsIn(path)]).toEqual([start, ['a']])
    appendFileSync(path, '\n')
    expect([auditLogSize(path), idsIn(path, start)]).toEqual([start + long.length, ['b']])
  })
})
