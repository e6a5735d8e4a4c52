const throwaway = [/^kind-/, /^k3d-/, /^minikube$/]

/** Whether tests may write to the cluster of this kubeconfig context: only to one that was made for such things. */
export function isContextAllowed(context: string, allowList = ''): boolean {
  const named = allowList.split(',').map(name => name.trim())
  return context !== '' && (throwaway.some(pattern => pattern.test(context)) || named.includes(context))
}
