import { request } from 'node:https'

export interface ApiServer {
  readonly url: string
  /** The certificate to trust, PEM. */
  readonly ca: string
  readonly token: string
}

export interface Answer {
  readonly status: number
  readonly body: string
}

/** One request, without a client library: for the few calls that bring a cluster up. */
export function callApi(server: ApiServer, method: string, path: string, body?: object): Promise<Answer> {
  const payload = body && JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const call = request(
      new URL(path, server.url),
      {
        method,
        ca: server.ca,
        agent: false, // no connection is kept: the server may be restarted at any time
        timeout: 5_000,
        headers: {
          authorization: `Bearer ${server.token}`,
          ...(payload && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      },
      response => {
        const parts: string[] = []
        response.setEncoding('utf8')
        response.on('data', part => parts.push(part))
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parts.join('') }))
      },
    )
    call.on('timeout', () => call.destroy(new Error(`No answer within 5 s: ${method} ${path}`)))
    call.on('error', reject)
    call.end(payload)
  })
}
