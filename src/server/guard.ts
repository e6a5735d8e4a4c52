import type { Context } from 'hono'
import { Refusal } from './problem.ts'

/** What scripts send with a POST that has no body, so that it cannot come from a form on some page. */
const OWN_HEADER = 'x-rota-request'

/**
 * Where nobody says who he is, all that counts is that it is a program of this machine that asks, and no page that a
 * browser has loaded from elsewhere: also not one whose name has been made to lead here.
 * @throws Refusal
 */
export function refuseStrangers({ req }: Context): void {
  const host = req.header('host') ?? ''
  if (!isLoopback(host))
    throw new Refusal(403, `Host '${host}' is not this machine: with --insecure-local use localhost or 127.0.0.1`)
  const origin = req.header('origin')
  if (origin !== undefined && origin !== `http://${host}`)
    throw new Refusal(403, `a page of '${origin}' may not use Rota: it answers only its own dashboard`)
  if (req.method === 'GET' || req.method === 'HEAD' || origin !== undefined) return
  const isJson = /^application\/json\b/.test(req.header('content-type') ?? '')
  if (isJson || req.header(OWN_HEADER) !== undefined) return
  throw new Refusal(
    403,
    `with --insecure-local say that it is no form: send content-type: application/json, or ${OWN_HEADER}: 1`,
  )
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host)
}
