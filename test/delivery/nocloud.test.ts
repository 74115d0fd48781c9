import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { noCloudSeed } from '../../src/delivery/nocloud.ts';
import { clusterOf } from '../support/cluster-text.ts';

function seed(host: Readonly<Record<string, unknown>> = {}, name = 'prod') {
  const cluster = clusterOf({ name, network: { host } });
  return noCloudSeed(cluster, cluster.masters[0]!, '#cloud-config\n{}\n');
}
const networkConfig = (host?: Readonly<Record<string, unknown>>): unknown => parse(seed(host)['network-config']);

test('user-data is passed on as it is', () => {
  expect(seed()['user-data']).toBe('#cloud-config\n{}\n');
});

test('the instance id is the node’s, constant, and a text to any reader', () => {
  expect(parse(seed()['meta-data'])).toEqual({ 'instance-id': 'prod-prod-m1', 'local-hostname': 'prod-m1' });
  expect(seed()['meta-data']).toBe(seed()['meta-data']);
  const numeric = clusterOf({ name: '1', nodes: { masters: [{ name: '1e3', address: '10.0.0.11' }] } });
  const { 'meta-data': text } = noCloudSeed(numeric, numeric.masters[0]!, '');
  expect(parse(text, { version: '1.1' })).toEqual({ 'instance-id': '1-1e3', 'local-hostname': '1e3' });
});

test('a pool’s seed names none of its machines', () => {
  const cluster = clusterOf({ nodes: { masters: [{ name: 'm1', address: '10.0.0.11' }], pools: { web: {} } } });
  const pool = cluster.pools[0]!;
  expect(parse(noCloudSeed(cluster, pool, '')['meta-data'])).toMatchObject({ 'local-hostname': 'localhost' });
});

describe('the network', () => {
  test('uses DHCP unless network and gateway are set', () => {
    const dhcp = { version: 2, ethernets: { primary: { match: { name: 'e*' }, dhcp4: true } } };
    expect(networkConfig()).toEqual(dhcp);
    expect(networkConfig({ cidr: '10.0.0.0/24' })).toEqual(dhcp);
  });

  test('is static with them', () => {
    expect(networkConfig({ cidr: '10.0.0.0/22', gateway: '10.0.0.1', nameservers: ['10.0.0.2'] })).toEqual({
      version: 2,
      ethernets: {
        primary: {
          match: { name: 'e*' },
          dhcp4: false,
          addresses: ['10.0.0.11/22'],
          routes: [{ to: '0.0.0.0/0', via: '10.0.0.1' }],
          nameservers: { addresses: ['10.0.0.2'] },
        },
      },
    });
  });

  test('an interface with a full name is named, not matched', () => {
    expect(networkConfig({ interface: 'eth0', nameservers: ['10.0.0.2'] })).toEqual({
      version: 2,
      ethernets: { eth0: { dhcp4: true, nameservers: { addresses: ['10.0.0.2'] } } },
    });
  });
});
