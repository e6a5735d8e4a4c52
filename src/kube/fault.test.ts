import { describe, expect, it } from 'vitest'
import type { Target } from '../api/fault.ts'
import { type Call, faultOf, unreachable } from './fault.ts'

const target: Target = {
  kind: { kind: 'Deployment', group: 'apps', version: 'v1', plural: 'deployments' },
  namespace: 'team-b',
  name: 'web',
}
const patch: Call = {
  verb: 'patch',
  resource: 'deployments.apps',
  namespace: 'team-b',
  target,
  as: { namespace: 'team-a', name: 'rota' },
  purpose: {
    remedy: ({ verb, resource, namespace, account }) => `${account.name}: ${verb} ${resource} in ${namespace}`,
    permission: ({ verb, resource }) => `allow Rota to ${verb} ${resource}`,
  },
}
const { target: _, ...rest } = patch
const list: Call = { ...rest, verb: 'list' }
const own: Call = { verb: 'update', resource: 'scheduledtasks.rota.dev' }

const NO_REPLICAS = 'Internal error occurred: the spec replicas field ".spec.replicas" does not exist'

const answered = (call: Call, status: number, message?: string, retryAfter = 0) =>
  faultOf(call, {
    status,
    retryAfter,
    body: { kind: 'Status', ...(message !== undefined && { message }), ...why[status] },
  })

/** What the API server says with it of `patch`. */
const why: Readonly<Record<number, object>> = {
  404: { reason: 'NotFound', details: { name: 'web', group: 'apps', kind: 'deployments' } },
}

describe('an answer whose status code would mislead', () => {
  it('a scale subresource of an object without a number of replicas never gets better', () => {
    expect(answered(patch, 500, NO_REPLICAS)).toMatchObject({
      class: 'Invalid',
      reason: 'NoReplicas',
      message: 'Deployment team-b/web: its number of replicas is not set',
    })
  })
})

describe('an answer that is no success', () => {
  it.each([
    [400, 'Invalid', 'Invalid', 'patch Deployment team-b/web is not valid: said'],
    [401, 'Transient', 'Unauthorized', "the API server does not accept Rota's credentials"],
    [403, 'Refused', 'AdmissionRefused', 'patch Deployment team-b/web was refused at admission: said'],
    [404, 'Gone', 'NotFound', 'Deployment team-b/web does not exist'],
    [408, 'Unknown', 'Unknown', 'patch Deployment team-b/web failed with HTTP 408'],
    [409, 'Conflict', 'Conflict', 'Deployment team-b/web was changed by others meanwhile'],
    [410, 'Transient', 'Expired', 'patch Deployment team-b/web took too long to page through'],
    [413, 'Invalid', 'Invalid', 'patch Deployment team-b/web is not valid: said'],
    [
      415,
      'Invalid',
      'UnsupportedPatch',
      'Deployment team-b/web takes no strategic patches: write type: Merge, or JSON',
    ],
    [422, 'Invalid', 'Invalid', 'patch Deployment team-b/web is not valid: said'],
    [429, 'Transient', 'TooManyRequests', 'the API server is busy (429)'],
    [500, 'Transient', 'ServerError', 'patch Deployment team-b/web failed with HTTP 500'],
    [503, 'Transient', 'ServerError', 'patch Deployment team-b/web failed with HTTP 503'],
    [504, 'Transient', 'ServerError', 'patch Deployment team-b/web failed with HTTP 504'],
    [302, 'Unknown', 'Unknown', 'patch Deployment team-b/web failed with HTTP 302'],
  ])('%i is %s (%s)', (status, of, reason, message) => {
    expect(answered(patch, status, 'said')).toEqual({ class: of, reason, message, target })
  })

  it('says where when there is no single object', () => {
    expect(answered(list, 500).message).toBe('list deployments.apps in namespace team-b failed with HTTP 500')
    expect(answered(own, 500).message).toBe('update scheduledtasks.rota.dev failed with HTTP 500')
  })

  it.each([401, 403, 404, 409, 422, 429, 500, 503])('%i carries how long the server asks to wait', status => {
    expect(answered(patch, status, 'said', 7)).toMatchObject({ retryAfter: 7 })
    expect(answered(patch, status, 'said', -7)).not.toHaveProperty('retryAfter')
  })

  it.each([401, 404, 409, 410, 429, 500, 503])('%i repeats nothing of what the server said', status => {
    expect(JSON.stringify(answered(patch, status, 'secret of somebody else'))).not.toContain('secret')
  })

  it.each([400, 403, 422])('%i repeats 300 characters of what the server said, no more', status => {
    const { message } = answered(patch, status, 'x'.repeat(10_000))
    expect(message).toContain(`${'x'.repeat(299)}…`)
    expect(message.length).toBeLessThan(400)
  })

  it.each([400, 403, 422])('%i without words ends without a colon', status => {
    expect(answered(patch, status).message).toMatch(/(is not valid|was refused at admission)$/)
  })

  it.each([400, 403, 404, 422])('%i of what stands before the API server decides nothing', status => {
    const bodies = [{ text: '<html>no</html>' }, { text: '' }, { body: {} }, { body: { message: 'no' } }]
    for (const answer of bodies) {
      expect(faultOf(patch, { status, retryAfter: 0, ...answer })).toEqual({
        class: 'Transient',
        reason: 'ServerError',
        message: `patch Deployment team-b/web failed with HTTP ${status}, which is not an answer of the API server: see what stands before it`,
        target,
      })
    }
  })
})

describe('a 404', () => {
  const details = { name: 'web', group: 'apps', kind: 'deployments' }
  const scale: Call = { ...patch, resource: 'deployments.apps/scale' }
  const status: Call = { verb: 'update', resource: 'scheduledtasks/status.rota.dev', namespace: 'team-b' }
  const account: Call = { verb: 'get', resource: 'serviceaccounts', namespace: 'team-b' }
  const namespace: Call = { verb: 'get', resource: 'namespaces', namespace: 'team-b' }
  const discovery: Call = { verb: 'get', resource: '/apis/keda.sh/v1' }
  const said = (about: object) => ({ body: { kind: 'Status', reason: 'NotFound', details: about } })
  const noPath = { text: '404 page not found\n' }
  const gone = { class: 'Gone', reason: 'NotFound' }
  const noNamespace = { class: 'Gone', reason: 'NamespaceNotFound', message: 'namespace team-b does not exist' }
  const notServed = { class: 'Transient', reason: 'NotFound' }
  const nobody = { class: 'Transient', reason: 'ServerError' }

  it.each<readonly [string, Call, object, object]>([
    ['of an object is believed', patch, said(details), gone],
    ['of its scale is about the object', scale, said(details), gone],
    [
      'of the status of a task is about the task',
      status,
      said({ name: 'a', group: 'rota.dev', kind: 'scheduledtasks' }),
      gone,
    ],
    ['of an object of the core group is believed', account, said({ name: 'rota', kind: 'serviceaccounts' }), gone],
    [
      'of an Event is about the Event, although it is kept in another group',
      { verb: 'patch', resource: 'events.events.k8s.io', namespace: 'team-b' },
      said({ name: 'a', kind: 'events' }),
      gone,
    ],
    [
      'of a namespace that is asked for is about the namespace as an object',
      namespace,
      said({ name: 'team-b', kind: 'namespaces' }),
      gone,
    ],
    [
      'of what is to be made is about the namespace',
      { ...patch, verb: 'create' },
      said({ name: 'team-b', kind: 'namespaces' }),
      noNamespace,
    ],
    ['of an apply can be about the namespace', patch, said({ name: 'team-b', kind: 'namespaces' }), noNamespace],
    ['of a list is about the kind', list, said({}), notServed],
    ['of a group is about the group', discovery, noPath, notServed],
    ['of an object of a kind that went is about the kind, and no end of the object', patch, noPath, notServed],
    ['about another object is not believed', patch, said({ ...details, name: 'api' }), nobody],
    ['about another kind is not believed', patch, said({ ...details, kind: 'clusters' }), nobody],
    ['about another namespace is not believed', patch, said({ name: 'team-c', kind: 'namespaces' }), nobody],
    ['with another reason is not believed', patch, { body: { kind: 'Status', reason: 'Forbidden', details } }, nobody],
    ['of a gateway is not believed', list, { text: '<html>default backend - 404</html>' }, nobody],
  ])('%s', (_, call, answer, expected) => {
    expect(faultOf(call, { status: 404, retryAfter: 0, ...answer })).toMatchObject(expected)
  })
})

describe('an apply that cannot be', () => {
  const apply = (status: number, message: string, causes: readonly object[] = []) =>
    faultOf(patch, { status, retryAfter: 0, body: { kind: 'Status', message, details: { causes } } })
  const conflict = (manager: string, field: string) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}" using apps/v1`,
    field,
  })

  it.each([
    [[conflict('helm', '.spec.replicas')], 'helm manages spec.replicas'],
    [[conflict('helm', '.spec.replicas'), conflict('helm', '.data.a')], 'helm manages spec.replicas and data.a'],
    [[conflict('helm', '.data.a'), conflict('rota', '.data.b')], 'helm and rota manage data.a and data.b'],
  ])('for a conflict names managers and fields, and is final: %j', (causes, said) => {
    const message = `Deployment team-b/web: ${said}: leave that out of the manifest`
    expect(apply(409, 'Apply failed', causes)).toEqual({
      class: 'Invalid',
      reason: 'FieldManagerConflict',
      message,
      target,
    })
  })

  it('for a field that the kind does not have is final, although the API server calls it its own error', () => {
    const said =
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.x: field not declared in schema'
    expect(apply(500, said)).toMatchObject({
      class: 'Invalid',
      message: 'Deployment team-b/web is not valid: spec.x: field not declared in schema',
    })
  })

  it('for a value that the kind cannot hold likewise, and of a Secret nothing is repeated', () => {
    const kind = { kind: 'Secret', group: '', version: 'v1', plural: 'secrets' }
    const call: Call = { ...patch, resource: 'secrets', target: { ...target, kind } }
    const said =
      'failed to create typed patch object (/s; /v1, Kind=Secret): .stringData.pin: expected string, got &value.valueUnstructured{Value:1234}'
    const { class: of, message } = faultOf(call, { status: 500, retryAfter: 0, body: { message: said } })
    expect(of).toBe('Invalid')
    expect(message).toMatch(/^Secret team-b\/web is not valid: /)
    expect(message).not.toContain('1234')
  })
})

describe('a refusal', () => {
  const user = 'system:serviceaccount:team-a:rota'
  it.each([
    [
      'of a patch',
      patch,
      `deployments.apps "web" is forbidden: User "${user}" cannot patch resource "deployments" in API group "apps" in the namespace "team-b"`,
    ],
    [
      'of a list',
      list,
      `deployments.apps is forbidden: User "${user}" cannot list resource "deployments" in API group "apps" in the namespace "team-b"`,
    ],
    [
      'with a reason',
      list,
      `deployments.apps is forbidden: User "${user}" cannot list resource "deployments" in API group "apps" in the namespace "team-b": RBAC: role "x" not found`,
    ],
  ])('%s names verb, resource and account, and what would allow it', (_, call, said) => {
    expect(answered(call, 403, said)).toMatchObject({
      class: 'Refused',
      reason: 'Forbidden',
      message: `ServiceAccount team-a/rota may not ${call.verb} deployments.apps in namespace team-b`,
      remedy: `rota: ${call.verb} deployments.apps in team-b`,
    })
  })

  it.each([
    [
      'admission webhook "x.example" denied the request: replicas cannot be 0',
      'webhook x.example: replicas cannot be 0',
    ],
    [
      "deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'p.example' with binding 'b' denied request: not at night",
      'policy p.example: not at night',
    ],
    ['pods "web" is forbidden: exceeded quota: cpu', 'pods "web" is forbidden: exceeded quota: cpu'],
  ])('at admission is repeated, without a remedy that would not help: %s', (said, told) => {
    expect(answered(patch, 403, said)).toEqual({
      class: 'Refused',
      reason: 'AdmissionRefused',
      message: `patch Deployment team-b/web was refused at admission: ${told}`,
      target,
    })
  })

  it.each([
    ['of an apply because it would create', 'create', undefined, 'create deployments.apps in namespace team-b'],
    ['of a namespace', 'delete', 'old', 'delete Namespace old'],
  ])('%s says so', (_, verb, name, what) => {
    const kind = { kind: 'Namespace', group: '', version: 'v1', plural: 'namespaces', cluster: true } as const
    const call = name === undefined ? patch : { ...patch, target: { kind, namespace: name, name } }
    const said = `things "x" is forbidden: User "${user}" cannot ${verb} resource "things" in API group ""`
    expect(answered(call, 403, said).message).toBe(`ServiceAccount team-a/rota may not ${what}`)
  })

  it.each([
    [
      'for this request: the account may have the right',
      'patch',
      'impersonate-on:serviceaccount:patch resource "deployments" in API group "apps" in the namespace "team-b"',
      "Rota's own account may not patch deployments.apps in the name of others, whatever ServiceAccount team-a/rota may",
      'allow Rota to patch deployments.apps',
    ],
    [
      'as this account',
      'rota',
      'impersonate:serviceaccount resource "serviceaccounts" in API group "authentication.k8s.io" in the namespace "team-a"',
      "Rota's own account may not act as ServiceAccount team-a/rota",
      'kubectl apply -f deploy/rbac/impersonation.yaml',
    ],
    [
      'as this account, on a cluster that knows no constraints',
      'rota',
      'impersonate resource "serviceaccounts" in API group "" in the namespace "team-a"',
      "Rota's own account may not act as ServiceAccount team-a/rota",
      'kubectl apply -f deploy/rbac/classic',
    ],
  ])('of the impersonation is a matter of the installation: %s', (_, name, cannot, message, remedy) => {
    const said = `things "${name}" is forbidden: User "system:serviceaccount:rota-system:rota" cannot ${cannot}`
    expect(answered(patch, 403, said)).toEqual({
      class: 'Refused',
      reason: 'ImpersonationForbidden',
      message,
      remedy,
      target,
    })
  })

  it("of Rota's own calls names its role", () => {
    const fault = answered(own, 403, 'scheduledtasks is forbidden: User "rota" cannot update resource')
    expect(fault.message).toBe('Rota itself may not update scheduledtasks.rota.dev: its role is incomplete')
    expect(fault).not.toHaveProperty('remedy')
  })
})

describe('to whoever sits at the terminal', () => {
  const told = (call: Call, status: number, said: string) =>
    faultOf(call, { status, retryAfter: 0, body: { kind: 'Status', message: said } }, 'You')
  const as = 'things "x" is forbidden: User "jane" cannot'

  it.each([
    [
      'what he may not himself',
      { ...own, verb: 'get' },
      `${as} get resource "things"`,
      'Forbidden',
      'you may not get scheduledtasks.rota.dev',
    ],
    [
      'that he may not be the account',
      list,
      `${as} impersonate resource "serviceaccounts" in API group ""`,
      'ImpersonationForbidden',
      'you may not list deployments.apps in the name of ServiceAccount team-a/rota',
    ],
    [
      'what the account may not',
      list,
      'things "x" is forbidden: User "system:serviceaccount:team-a:rota" cannot list resource "things"',
      'Forbidden',
      'ServiceAccount team-a/rota may not list deployments.apps in namespace team-b',
    ],
    [
      'what was refused at admission',
      own,
      'admission webhook "x.example" denied the request',
      'AdmissionRefused',
      'update scheduledtasks.rota.dev was refused at admission: admission webhook "x.example" denied the request',
    ],
  ] as const)('is said %s', (_, call, said, reason, message) => {
    expect(told(call, 403, said)).toMatchObject({ class: 'Refused', reason, message })
  })

  it('is said that his credentials are not good', () => {
    expect(told(own, 401, '').message).toBe('the API server does not accept your credentials: log in again')
  })
})

describe('no answer at all', () => {
  it.each([
    [
      'what fetch hides',
      new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
      'connect ECONNREFUSED',
    ],
    ['a plain error', new Error('socket hang up'), 'socket hang up'],
    ['no error', 'gone', 'gone'],
    ['a long story', new Error('x'.repeat(1000)), `${'x'.repeat(199)}…`],
  ])('is worth another try: %s', (_, error, said) => {
    expect(unreachable(patch, error)).toEqual({
      class: 'Transient',
      reason: 'Unreachable',
      message: `the API server did not answer (patch Deployment team-b/web): ${said}`,
      target,
    })
  })
})
