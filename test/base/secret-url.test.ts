import { expect, test } from 'vitest';
import { holdsLogin, isSecretUrl, maskedText, openUrl } from '../../src/base/secret-url.ts';

test.each([
  ['https://mirror.example.com/knode', false, 'https://mirror.example.com/knode'],
  ['https://me:pass@mirror.example.com:8443/knode', true, 'https://mirror.example.com:8443/knode'],
  ['https://p@ss:w@rd@mirror.example.com', true, 'https://mirror.example.com'],
  ['https://mirror.example.com/knode/?sv=1&sig=a/b', true, 'https://mirror.example.com/knode/'],
  ['https://mirror.example.com/@scope/x', false, 'https://mirror.example.com/@scope/x'],
  ['http://[::1]:8080/x?y#z', true, 'http://[::1]:8080/x'],
])('%s', (url, secret, open) => {
  expect(isSecretUrl(url)).toBe(secret);
  expect(openUrl(url)).toBe(open);
});

test.each([
  ["'https://me:pass@host/x?sig=1' is wrong", "'https://*******@host/x?*****' is wrong"],
  ['proxy=socks5://u:p@host:1 and what?', 'proxy=socks5://***@host:1 and what?'],
  ['docker://registry.k8s.io/pause@sha256:abc', 'docker://registry.k8s.io/pause@sha256:abc'],
  ['http://host:8080/path@v1 host:8080?', 'http://host:8080/path@v1 host:8080?'],
  ['https://me:pa/ss#wo?rd@host', 'https://**************@host'],
])('a text for everybody: %s', (text, masked) => {
  expect(maskedText(text)).toBe(masked);
  expect(masked).toHaveLength(text.length);
});

test('a long line of letters takes little time', () => {
  const line = 'x'.repeat(1_000_000);
  const start = performance.now();
  expect(maskedText(`${line} https://u:word@host`)).toBe(`${line} https://******@host`);
  expect(holdsLogin(line)).toBe(false);
  expect(performance.now() - start).toBeLessThan(1000);
});
