import { restart, retry, scale, target, wake, workloads } from './parts.ts'

const ZONE = 'spec.timeZone: Invalid value: '
const WRITE_ZONE = 'write an IANA time zone name, such as Europe/Berlin, Etc/GMT+3 or UTC'
const ONE_OPERATION = 'spec.operation: Invalid value: set exactly one of sleep, wake, scale, restart'

/** Specs that admission refuses, and what it says then. */
export const BAD_SPECS: Readonly<Record<string, readonly [spec: object, message: string]>> = {
  'no operation': [{}, 'spec.operation: Required value'],
  'an empty operation': [{ operation: {} }, ONE_OPERATION],
  'two operations': [{ operation: { sleep: {}, wake: {} } }, ONE_OPERATION],
  'an operation without a value': [{ operation: { sleep: null } }, ONE_OPERATION],
  'a misspelt operation': [{ operation: { slepp: {} } }, 'unknown field "spec.operation.slepp"'],
  'a wrong onDelete': [
    { operation: { sleep: { onDelete: 'wake' } } },
    'spec.operation.sleep.onDelete: Unsupported value: "wake": supported values: "Wake", "Leave"',
  ],
  'a wrong wakeSchedule': [
    { operation: { sleep: { wakeSchedule: '0 7 * * 8' } } },
    'spec.operation.sleep.wakeSchedule: Invalid value: "0 7 * * 8": day of week (5th field) \'8\' is not valid',
  ],
  'a backwards wakeSchedule': [
    { operation: { sleep: { wakeSchedule: '0 7 * * FRI-MON' } } },
    'spec.operation.sleep.wakeSchedule: Invalid value: "0 7 * * FRI-MON": a range runs backwards',
  ],
  'a setting of wake': [{ operation: { wake: { names: ['web'] } } }, 'unknown field "spec.operation.wake.names"'],
  'scale of nothing in particular': [
    { operation: { scale: { replicas: 1 } } },
    'spec.operation.scale: Invalid value: write names or selector: which workloads are to be scaled',
  ],
  'an empty selector': [
    restart({ selector: {} }),
    'spec.operation.restart.selector: Invalid value: must not be empty: write matchLabels or matchExpressions',
  ],
  'an empty exclude': [
    { operation: { sleep: { exclude: {} } } },
    'spec.operation.sleep.exclude: Invalid value: must not be empty',
  ],
  'In without values': [
    restart({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    'write values with In and NotIn, and none with Exists and DoesNotExist',
  ],
  'Exists with values': [
    {
      operation: {
        wake: { exclude: { selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } } },
      },
    },
    'write values with In and NotIn, and none with Exists and DoesNotExist',
  ],
  'a label value that is a number': [
    restart({ selector: { matchLabels: { a: 5 } } }),
    'spec.operation.restart.selector.matchLabels.a in body must be of type string: "integer"',
  ],
  'scale without replicas': [
    { operation: { scale: { names: ['web'] } } },
    'spec.operation.scale.replicas: Required value',
  ],
  'scale of no name': [
    scale({ names: [] }),
    'spec.operation.scale.names: Invalid value: 0: spec.operation.scale.names in body should have at least 1 items',
  ],
  'scale of 101 names': [
    scale({ names: workloads(101) }),
    'spec.operation.scale.names: Too many: 101: must have at most 100 items',
  ],
  'scale of a name twice': [scale({ names: ['web', 'web'] }), 'spec.operation.scale.names[1]: Duplicate value: "web"'],
  'scale of a name that cannot be': [
    scale({ names: ['web', 'Web_1'] }),
    'spec.operation.scale.names[1]: Invalid value: "Web_1": write the name of an object: lower-case letters, digits',
  ],
  'scale below nothing': [
    scale({ replicas: -1 }),
    'spec.operation.scale.replicas in body should be greater than or equal to 0',
  ],
  'scale above the most': [
    scale({ replicas: 10001 }),
    'spec.operation.scale.replicas in body should be less than or equal to 10000',
  ],
  'scale of what is no kind': [
    scale({ kinds: ['deployment'] }),
    'spec.operation.scale.kinds[0]: Invalid value: "deployment": write a kind of Kubernetes, such as Deployment',
  ],
  "scale of Rota's own kind": [
    scale({ kinds: ['ScheduledTask.rota.dev'] }),
    "tasks do not work on Rota's own kinds: write another kind",
  ],
  'cleanup of everything': [
    { operation: { cleanup: { kinds: ['Pod'] } } },
    'write at least one of selector, olderThanSeconds, keepNewest and phases: what is to be deleted',
  ],
  'a wrong phase': [
    { operation: { cleanup: { kinds: ['Pod'], phases: ['done'] } } },
    'write a phase as the status of the object shows it, such as Succeeded',
  ],
  'createNamespace without names': [
    { operation: { createNamespace: {} } },
    'createNamespace needs target.namespaces: the names of the namespaces',
  ],
  'deleteNamespace that confirms another one': [
    { operation: { deleteNamespace: { confirm: ['b'] } }, target: { namespaces: ['a'] } },
    'deleteNamespace needs confirm with the same names as target.namespaces',
  ],
  'deleteNamespace without a target': [
    { operation: { deleteNamespace: { confirm: ['a'] } } },
    'deleteNamespace needs confirm with the same names as target.namespaces',
  ],
  'a patch of nothing in particular': [
    { operation: { patch: { kind: 'ConfigMap', patch: '{"data":{"a":"b"}}' } } },
    'write names or selector: which objects are to be patched',
  ],
  'apply without manifests': [{ operation: { apply: {} } }, 'spec.operation.apply.manifests: Required value'],
  'a job of nothing': [{ operation: { job: {} } }, 'write either image or template'],
  'a job of two kinds': [{ operation: { job: { image: 'a', template: {} } } }, 'write either image or template'],
  'a job in two namespaces': [
    { operation: { job: { image: 'a' } }, target: { namespaces: ['a', 'b'] } },
    'a job runs in one namespace',
  ],
  'a command beside a template': [
    { operation: { job: { template: {}, command: ['a'] } } },
    'command, args and env belong to image: write them into the template',
  ],
  'a target of both kinds': [
    { operation: wake, target: { namespaces: ['a'], namespaceSelector: { matchLabels: { a: 'b' } } } },
    'write either namespaces or namespaceSelector',
  ],
  'an empty namespaceSelector': [
    { operation: wake, target: { namespaceSelector: {} } },
    'must not be empty: write matchLabels or matchExpressions',
  ],
  'scale of no kind': [scale({ kinds: [] }), 'spec.operation.scale.kinds in body should have at least 1 items'],
  'scale of a kind twice': [
    scale({ kinds: ['Deployment', 'Deployment'] }),
    'spec.operation.scale.kinds[1]: Duplicate value: "Deployment"',
  ],
  'restart of a kind that has no pods': [
    restart({ kinds: ['Service'] }),
    'spec.operation.restart.kinds[0]: Unsupported value: "Service": supported values: "Deployment", "StatefulSet", "DaemonSet"',
  ],
  'restart of no name': [restart({ names: [] }), 'spec.operation.restart.names in body should have at least 1 items'],
  'restart of 101 names': [
    restart({ names: workloads(101) }),
    'spec.operation.restart.names: Too many: 101: must have at most 100 items',
  ],
  'restart of a name twice': [
    restart({ names: ['web', 'web'] }),
    'spec.operation.restart.names[1]: Duplicate value: "web"',
  ],
  'restart of a name that cannot be': [
    restart({ names: ['-web'] }),
    'spec.operation.restart.names[0]: Invalid value: "-web": write the name of an object',
  ],
  'a long title': [{ operation: wake, title: 't'.repeat(121) }, 'spec.title: Too long: may not be more than 120 bytes'],
  'a title of two lines': [
    { operation: wake, title: 'a\nb' },
    'spec.title: Invalid value: "a\\nb": must be one line of text, without line breaks or other control characters',
  ],
  'a long cost center': [
    { operation: wake, costCenter: 'c'.repeat(64) },
    'spec.costCenter: Too long: may not be more than 63 bytes',
  ],
  'a cost center with a tab': [
    { operation: wake, costCenter: 'a\tb' },
    'spec.costCenter: Invalid value: "a\\tb": must be one line of text',
  ],
  'a long schedule': [
    { operation: wake, schedule: `${'0,'.repeat(60)}0 * * * *` },
    'spec.schedule: Too long: may not be more than 128 bytes',
  ],
  'a schedule that is a number': [
    { operation: wake, schedule: 5 },
    'spec.schedule in body must be of type string: "integer"',
  ],
  'zone +02:00': [{ operation: wake, timeZone: '+02:00' }, `${ZONE}"+02:00": ${WRITE_ZONE}`],
  'zone Local': [{ operation: wake, timeZone: 'Local' }, `${ZONE}"Local": ${WRITE_ZONE}`],
  'an empty zone': [{ operation: wake, timeZone: '' }, `${ZONE}"": ${WRITE_ZONE}`],
  'a misspelt zone': [{ operation: wake, timeZone: 'Europe/Berln' }, 'unknown time zone Europe/Berln'],
  'a zone in lower case': [{ operation: wake, timeZone: 'europe/berlin' }, '(upper and lower case matter)'],
  'a file beside the zones': [{ operation: wake, timeZone: 'posixrules' }, `${ZONE}"posixrules": ${WRITE_ZONE}`],
  'a path to a file': [{ operation: wake, timeZone: '../../etc/passwd' }, `${ZONE}"../../etc/passwd": ${WRITE_ZONE}`],
  'suspend as text': [{ operation: wake, suspend: 'yes' }, 'spec.suspend in body must be of type boolean: "string"'],
  'a deadline of 9 seconds': [
    { operation: wake, startingDeadlineSeconds: 9 },
    'spec.startingDeadlineSeconds in body should be greater than or equal to 10',
  ],
  'no time at all': [
    { operation: wake, timeoutSeconds: 0 },
    'spec.timeoutSeconds in body should be greater than or equal to 1',
  ],
  'more than a day': [
    { operation: wake, timeoutSeconds: 86401 },
    'spec.timeoutSeconds in body should be less than or equal to 86400',
  ],
  'half a second': [
    { operation: wake, timeoutSeconds: 0.5 },
    'spec.timeoutSeconds in body must be of type integer: "number"',
  ],
  'no attempt': [retry({ attempts: 0 }), 'spec.retry.attempts in body should be greater than or equal to 1'],
  '11 attempts': [retry({ attempts: 11 }), 'spec.retry.attempts in body should be less than or equal to 10'],
  'a negative delay': [
    retry({ delaySeconds: -1 }),
    'spec.retry.delaySeconds in body should be greater than or equal to 0',
  ],
  'a delay of over an hour': [
    retry({ delaySeconds: 3601 }),
    'spec.retry.delaySeconds in body should be less than or equal to 3600',
  ],
  'a wrong backoff': [
    retry({ backoff: 'Linear' }),
    'spec.retry.backoff: Unsupported value: "Linear": supported values: "Exponential", "Constant"',
  ],
  'a negative longest delay': [
    retry({ maxDelaySeconds: -1 }),
    'spec.retry.maxDelaySeconds in body should be greater than or equal to 0',
  ],
  'a longest delay of over a day': [
    retry({ maxDelaySeconds: 86401 }),
    'spec.retry.maxDelaySeconds in body should be less than or equal to 86400',
  ],
  'a wrong policy for a skipped time': [
    { operation: wake, daylightSaving: { skippedTime: 'Later' } },
    'spec.daylightSaving.skippedTime: Unsupported value: "Later": supported values: "RunAfter", "Skip"',
  ],
  'a wrong policy for a repeated time': [
    { operation: wake, daylightSaving: { repeatedTime: 'Twice' } },
    'spec.daylightSaving.repeatedTime: Unsupported value: "Twice": supported values: "First", "Last", "Both"',
  ],
  'negative jitter': [
    { operation: wake, jitterSeconds: -1 },
    'spec.jitterSeconds in body should be greater than or equal to 0',
  ],
  'jitter of over an hour': [
    { operation: wake, jitterSeconds: 3601 },
    'spec.jitterSeconds in body should be less than or equal to 3600',
  ],
  'a wrong concurrencyPolicy': [
    { operation: wake, concurrencyPolicy: 'Allow' },
    'spec.concurrencyPolicy: Unsupported value: "Allow": supported values: "Forbid", "Queue", "Replace"',
  ],
  'a priority that is too low': [
    { operation: wake, priority: -1001 },
    'spec.priority in body should be greater than or equal to -1000',
  ],
  'a priority that is too high': [
    { operation: wake, priority: 1001 },
    'spec.priority in body should be less than or equal to 1000',
  ],
  'no dependency': [{ operation: wake, dependsOn: [] }, 'spec.dependsOn in body should have at least 1 items'],
  'seventeen dependencies': [
    { operation: wake, dependsOn: workloads(17).map(name => ({ name })) },
    'spec.dependsOn: Too many: 17: must have at most 16 items',
  ],
  'a dependency twice': [
    { operation: wake, dependsOn: [{ name: 'a' }, { name: 'a' }] },
    'spec.dependsOn[1]: Duplicate value: ',
  ],
  'a dependency without a name': [{ operation: wake, dependsOn: [{}] }, 'spec.dependsOn[0].name: Required value'],
  'a dependency that cannot be': [
    { operation: wake, dependsOn: [{ name: 'team-b/backup' }] },
    'spec.dependsOn[0].name: Invalid value: "team-b/backup": write the name of a ScheduledTask',
  ],
  'a dependency with a long name': [
    { operation: wake, dependsOn: [{ name: 'n'.repeat(53) }] },
    'spec.dependsOn[0].name: Too long: may not be more than 52 bytes',
  ],
  'a dependency on itself': [
    { operation: wake, dependsOn: [{ name: 'task' }] },
    'Invalid value: spec.dependsOn names the task itself: remove it',
  ],
  'a breaker that is negative': [
    { operation: wake, suspendAfterFailures: -1 },
    'spec.suspendAfterFailures in body should be greater than or equal to 0',
  ],
  'a breaker that hardly opens': [
    { operation: wake, suspendAfterFailures: 101 },
    'spec.suspendAfterFailures in body should be less than or equal to 100',
  ],
  'a negative cache': [
    { operation: wake, cacheSeconds: -1 },
    'spec.cacheSeconds in body should be greater than or equal to 0',
  ],
  'a cache of over a week': [
    { operation: wake, cacheSeconds: 604801 },
    'spec.cacheSeconds in body should be less than or equal to 604800',
  ],
  'no limit at all': [{ operation: wake, maxAffected: {} }, 'spec.maxAffected: Invalid value: must not be empty'],
  'a limit of 101 percent': [
    { operation: wake, maxAffected: { percent: 101 } },
    'spec.maxAffected.percent in body should be less than or equal to 100',
  ],
  'a negative history': [
    { operation: wake, historyLimit: -1 },
    'spec.historyLimit in body should be greater than or equal to 0',
  ],
  'a history of 21': [
    { operation: wake, historyLimit: 21 },
    'spec.historyLimit in body should be less than or equal to 20',
  ],
  'an account that cannot be': [
    { operation: wake, serviceAccountName: 'Rota' },
    'spec.serviceAccountName: Invalid value: "Rota": write the name of a ServiceAccount: lower-case letters, digits',
  ],
  'an empty account': [
    { operation: wake, serviceAccountName: '' },
    'spec.serviceAccountName: Invalid value: "": write the name of a ServiceAccount',
  ],
  "an account of another's namespace": [
    { operation: wake, serviceAccountName: 'system:serviceaccount:team-b:rota' },
    'write the name of a ServiceAccount',
  ],
  'a target without namespaces': [{ operation: wake, target: {} }, 'write either namespaces or namespaceSelector'],
  'no target': [target(), 'spec.target.namespaces in body should have at least 1 items'],
  '51 targets': [target(...workloads(51)), 'spec.target.namespaces: Too many: 51: must have at most 50 items'],
  'a target twice': [target('a', 'a'), 'spec.target.namespaces[1]: Duplicate value: "a"'],
  'a target that cannot be': [
    target('team-a', 'team.b'),
    'spec.target.namespaces[1]: Invalid value: "team.b": write the name of a namespace: lower-case letters, digits and',
  ],
  'a target with a wildcard': [target('team-*'), 'spec.target.namespaces[0]: Invalid value: "team-*": write the name'],
  'a target of the cluster': [
    target('team-a', 'kube-system'),
    'spec.target.namespaces[1]: Invalid value: "kube-system": namespaces that begin with kube- belong to the cluster',
  ],
}

/** Fields that other versions of Rota, or other tools, have: each is refused by its name, never ignored. */
export const UNKNOWN_FIELDS: Readonly<Record<string, object>> = {
  'spec.dryrun': { operation: wake, dryrun: true },
  'spec.maxAffected.pods': { operation: wake, maxAffected: { pods: 1 } },
  'spec.daylightSaving.skipped': { operation: wake, daylightSaving: { skipped: 'Skip' } },
  'spec.dependsOn[0].namespace': { operation: wake, dependsOn: [{ name: 'other', namespace: 'team-b' }] },
  'spec.timezone': { operation: wake, timezone: 'Europe/Berlin' },
  'spec.target.selector': { operation: wake, target: { namespaces: ['a'], selector: {} } },
  'spec.operation.cleanup.names': { operation: { cleanup: { kinds: ['Pod'], keepNewest: 1, names: ['a'] } } },
  'spec.operation.job.name': { operation: { job: { image: 'a', name: 'b' } } },
  'spec.operation.restart.verify.seconds': restart({ verify: { seconds: 60 } }),
}
