/** Examples for `--help`, by command; commands with more help have their examples in their own file. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  init: [
    'knode init prod',
    'knode init lab --preset smallest',
    'knode init old --preset ansible-ha-1.16 -f old/cluster.yaml',
  ],
  validate: [
    'knode validate',
    'knode -f prod/cluster.yaml validate',
    'knode validate --strict',
    'knode --json validate',
  ],
  explain: [
    'knode explain --role control-plane --index 0',
    'knode explain --node m1 /etc/systemd/system/etcd.service',
    'knode explain --node w1 /etc/kubernetes/kubelet.yaml:12',
    'knode --json explain --all',
  ],
  'pki list': ['knode pki list', 'knode pki list --calendar', 'knode --json pki list'],
  kubeconfig: [
    'knode kubeconfig -o admin.kubeconfig',
    'knode kubeconfig --user jane@example.com --group devs -o jane.kubeconfig',
  ],
  token: ['knode token | kubectl apply -f -', 'knode token --dry-run'],
  schema: ['knode schema > knode.schema.json'],
  completion: [
    'source <(knode completion bash)',
    'source <(knode completion zsh)',
    'knode completion fish > ~/.config/fish/completions/knode.fish',
  ],
};
