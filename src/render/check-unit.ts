const unitPath = /^\/etc\/systemd\/system\/[^/]+\.(service|timer|target|socket|path|mount)$/;

/**
 * Final check of a unit: only sections and assignments, and a program in every ExecStart. Catches a template that lost
 * a line end or a backslash; the tests check the rest with `systemd-analyze verify`.
 * @throws Error naming the file and line.
 */
export function checkUnit(path: string, text: string): void {
  if (!unitPath.test(path) || text === '') return;
  let continued = false;
  text.split('\n').forEach((line, index) => {
    const sound = continued || line === '' || /^\[[A-Za-z]+\]$/.test(line) || /^[A-Z][A-Za-z]*=/.test(line);
    if (!sound) throw new Error(`${path}:${index + 1}: neither a section nor an assignment: ${line}`);
    if (/^ExecStart=\s*(\\)?$/.test(line)) throw new Error(`${path}:${index + 1}: ExecStart has no program`);
    continued = line.endsWith('\\');
  });
  if (continued) throw new Error(`${path}: ends in a continued line`);
}
