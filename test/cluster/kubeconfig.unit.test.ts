import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { writeKubeconfig } from './kubeconfig.ts'

test('a kubeconfig that is written again is read whole by who has opened it before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rota-kubeconfig-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const content = { url: 'http://127.0.0.1:1', caFile: '' }
  const path = writeKubeconfig(join(folder, 'rota'), { ...content, token: 'first' })
  const opened = openSync(path, 'r')
  onTestFinished(() => closeSync(opened))
  writeKubeconfig(path, { ...content, token: 'second' })
  const tokenIn = (text: string) => (JSON.parse(text) as { users: [{ user: { token: string } }] }).users[0].user.token
  expect([tokenIn(readFileSync(opened, 'utf8')), tokenIn(readFileSync(path, 'utf8'))]).toEqual(['first', 'second'])
})
