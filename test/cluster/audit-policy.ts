/**
 * What the API server writes down. Noise is dropped by *who* sends it and never by what it is about: leases and Events of
 * the product have to show, since tests compare the rights it uses with the role that we ship.
 */
export const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  omitManagedFields: true,
  rules: [
    // What an autoscaler changes is somebody else's edit.
    {
      level: 'RequestResponse',
      verbs: ['update', 'patch'],
      resources: [{ group: 'apps', resources: ['deployments/scale', 'statefulsets/scale'] }],
    },
    {
      level: 'None',
      users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler', 'system:kwok'],
    },
    // The controllers of kube-controller-manager, each with an account of its own.
    { level: 'None', userGroups: ['system:serviceaccounts:kube-system'] },
    { level: 'None', nonResourceURLs: ['/readyz*', '/livez*', '/healthz*', '/openapi*', '/version', '/api', '/apis'] },
    // Tokens are in these.
    {
      level: 'Metadata',
      resources: [{ group: 'authentication.k8s.io' }, { group: '', resources: ['serviceaccounts/token'] }],
    },
    { level: 'RequestResponse', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'Metadata' },
  ],
} as const
