import { describe, expect, it } from 'vitest';
import { parseImageReference } from '../../src/base/image-reference.ts';

describe('parseImageReference', () => {
  it.each([
    ['registry.k8s.io/pause:3.9', 'registry.k8s.io', 'pause', '3.9'],
    ['registry.k8s.io/coredns/coredns:v1.11.1', 'registry.k8s.io', 'coredns/coredns', 'v1.11.1'],
    ['127.0.0.1:5000/a:1', '127.0.0.1:5000', 'a', '1'],
    ['localhost/a:1', 'localhost', 'a', '1'],
    ['[::1]:5000/a/b:1', '[::1]:5000', 'a/b', '1'],
    ['busybox:1.36', 'docker.io', 'library/busybox', '1.36'],
    ['index.docker.io/someone/busybox', 'docker.io', 'someone/busybox', 'latest'],
    ['someone/busybox__x:1-2_3', 'docker.io', 'someone/busybox__x', '1-2_3'],
  ])('%s', (text, host, repository, tag) => {
    expect(parseImageReference(text)).toEqual({ host, repository, tag, canonical: `${host}/${repository}:${tag}` });
  });

  it.each([
    '',
    'a:',
    ':1',
    'a//b:1',
    'UPPER/a:1',
    'a.b/UPPER:1',
    'https://a.b/c:1',
    'a.b/c:1@sha256:00',
    'a.b/c@sha256:00',
    'a.b/../c:1',
    'a.b/c:1..2',
    'a.b/c:1 2',
    'user@a.b/c:1',
  ])("'%s' is none", (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});
