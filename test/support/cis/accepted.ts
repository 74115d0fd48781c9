/** What knode leaves to its users, or does otherwise, and why. docs/security.md has the same table; a test holds them equal. */
export const accepted: Readonly<Record<string, string>> = {
  'kube-apiserver: --enable-admission-plugins has DenyServiceExternalIPs':
    'it breaks Services that use externalIPs; kubernetes.apiServer.admissionPlugins.enable adds it (from 1.21 on)',
  'kube-apiserver: --enable-admission-plugins has EventRateLimit':
    'it is alpha and wants limits that only the user of a cluster knows',
  'kube-apiserver: --enable-admission-plugins has AlwaysPullImages':
    'every pod start would depend on the registry; sites without one could start nothing',
  'kube-apiserver: --enable-admission-plugins has SecurityContextDeny':
    'it forbids what a good pod sets itself (runAsNonRoot); upstream removed it',
  'kube-apiserver: --enable-admission-plugins has PodSecurityPolicy':
    'it refuses every pod until policies exist, and was removed in 1.25; kubernetes.podSecurity is its successor',
  'kube-apiserver: --service-account-extend-token-expiration=false':
    'programs that read their token once would fail after an hour; kubernetes.apiServer.extraArgs sets it where there are none',
  'kube-controller-manager: --terminated-pod-gc-threshold':
    'the default of 12500 holds unless kubernetes.controllerManager.terminatedPodGCThreshold is set',
  'kubelet: no --hostname-override':
    'a node is named by the cluster file: its certificates and its passport hold that name',
  'kubelet: eventRecordQPS is 0':
    'without a limit one failing pod can flood the API server; the default of 5 (50 from 1.27 on) holds',
  'kubelet: tlsCertFile and tlsPrivateKeyFile':
    'serverTLSBootstrap instead: the cluster signs the certificate, and kubelet renews it',
  'kubelet: --IPAddressDeny':
    'kubelet has no such flag; systemd’s setting of that name would cut it off from the API server',
  'certificates: 600 or less': 'certificates are public; benchmark 1.11 asks for 644 again',
  'authority of clients: 600 or less': 'certificates are public; benchmark 1.11 asks for 644 again',
  'unit of kubelet: 600 or less':
    'systemd shows units to everybody, and warns of one that others may not read; there is no secret in it',
};
