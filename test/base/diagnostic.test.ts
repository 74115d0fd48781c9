import { expect, test } from 'vitest';
import { type DataPath, type Diagnostic, formatPath, hasErrors } from '../../src/base/diagnostic.ts';

const said = (severity: Diagnostic['severity']): Diagnostic => ({ severity, code: 'x', message: 'x' });

test('a warning alone is not an error', () => {
  expect(hasErrors([])).toBe(false);
  expect(hasErrors([said('warning'), said('warning')])).toBe(false);
  expect(hasErrors([said('warning'), said('error')])).toBe(true);
});

test.each<[DataPath, string]>([
  [[], ''],
  [['name'], 'name'],
  [['nodes', 'masters', 0, 'name'], 'nodes.masters[0].name'],
  [['kubernetes', 'apiServer', 'extraArgs', 'audit-log-maxage'], 'kubernetes.apiServer.extraArgs.audit-log-maxage'],
  [['os', 'sysctls', 'vm.swappiness'], 'os.sysctls["vm.swappiness"]'],
  [['a"b'], '["a\\"b"]'],
  [[0, 1], '[0][1]'],
  [[''], '[""]'],
])('%j is formatted as %s', (path, text) => {
  expect(formatPath(path)).toBe(text);
});
