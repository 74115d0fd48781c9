import { spawn, spawnSync } from 'node:child_process';
import { builtCli } from './built-cli.ts';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Debian's nobody. */
export const nobody = 65534;

const isRoot = process.getuid?.() === 0;
const runs = () => spawnSync(process.execPath, [builtCli(), '--version'], { uid: nobody, gid: nobody }).status === 0;

/** Whether a process can be started that may not do everything: this one may not, or root can give its rights up. */
export const canBeUnprivileged: boolean = process.platform === 'linux' && (!isRoot || runs());

if (!canBeUnprivileged)
  process.stderr.write(
    '\n*** the user nobody cannot run this Node, or cannot read the checkout: what a lack of rights leads to was NOT checked ***\n',
  );

interface Surroundings {
  readonly cwd: string;
  readonly unprivileged?: boolean;
  readonly stdout?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The real program, in a process of its own.
 * @param unprivileged gives root's rights up, where the test has them.
 * @param stdout a file that takes stdout, by descriptor.
 * @param env beside the few variables that it always has.
 */
export async function knode(
  args: readonly string[],
  { cwd, unprivileged = false, stdout, env = {} }: Surroundings,
): Promise<Ended> {
  const child = spawn(process.execPath, [builtCli(), ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, LANG: 'C.UTF-8', NODE_DISABLE_COMPILE_CACHE: '1', ...env },
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
    ...(unprivileged && isRoot ? { uid: nobody, gid: nobody } : {}),
  });
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (data: string) => {
    out += data;
  });
  child.stderr?.setEncoding('utf8').on('data', (data: string) => {
    err += data;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, out, err };
}
