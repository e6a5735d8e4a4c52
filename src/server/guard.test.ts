import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { refuseStrangers } from './guard.ts'
import { problemAnswer } from './problem.ts'

function asked(method: string, headers: Record<string, string>) {
  const app = new Hono()
  app.onError(problemAnswer)
  app.all('/x', context => {
    refuseStrangers(context)
    return context.text('ok')
  })
  return app.request('/x', { method, headers })
}

const HOST = 'localhost:8080'

describe('with --insecure-local', () => {
  it.each<[string, string, Record<string, string>]>([
    ['a program that reads', 'GET', { host: HOST }],
    ['an address in numbers', 'GET', { host: '127.0.0.1:8080' }],
    ['an address of IPv6', 'GET', { host: '[::1]:8080' }],
    ['the dashboard', 'POST', { host: HOST, origin: 'http://localhost:8080' }],
    ['a program that sends JSON', 'POST', { host: HOST, 'content-type': 'application/json; charset=utf-8' }],
    ['a program that says so', 'POST', { host: HOST, 'x-rota-request': '1' }],
  ])('%s is answered', async (_, method, headers) => {
    expect((await asked(method, headers)).status).toBe(200)
  })

  it.each<[string, string, Record<string, string>, RegExp]>([
    [
      'a name that has been made to lead here',
      'GET',
      { host: 'evil.example:8080' },
      /^Host 'evil.example:8080' is not/,
    ],
    ['a name that only begins like it', 'GET', { host: 'localhost.evil.example' }, /is not this machine/],
    ['no name', 'GET', {}, /^Host '' is not this machine/],
    [
      'a page from elsewhere',
      'GET',
      { host: HOST, origin: 'https://evil.example' },
      /^a page of 'https:\/\/evil.example'/,
    ],
    ['a page of another port', 'POST', { host: HOST, origin: 'http://localhost:3000' }, /may not use Rota/],
    ['a page in a sandbox', 'POST', { host: HOST, origin: 'null', 'x-rota-request': '1' }, /^a page of 'null'/],
    ['a form', 'POST', { host: HOST, 'content-type': 'text/plain' }, /send content-type: application\/json/],
    ['a request without a body', 'POST', { host: HOST }, /x-rota-request: 1/],
  ])('%s is refused', async (_, method, headers, words) => {
    const answer = await asked(method, headers)
    expect(answer.status).toBe(403)
    expect(((await answer.json()) as { detail: string }).detail).toMatch(words)
  })
})
