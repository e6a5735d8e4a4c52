/**
 * Who asked for what, and when: no bodies, which would cost the API server more than the writes themselves. Of the controllers
 * of the control plane only the writes, since one of them is a peer.
 */
export const benchPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'None',
      users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler', 'system:kwok'],
    },
    { level: 'None', userGroups: ['system:serviceaccounts:kube-system'], verbs: ['get', 'list', 'watch'] },
    { level: 'None', nonResourceURLs: ['/readyz*', '/livez*', '/healthz*', '/openapi*', '/version', '/api', '/apis'] },
    { level: 'Metadata' },
  ],
} as const
