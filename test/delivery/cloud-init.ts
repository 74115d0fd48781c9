/** Debian's own cloud-init reads user-data, as a machine's would at boot. */
import { execFileSync } from 'node:child_process';
import { describe } from 'vitest';

// The interpreter that cloud-init is installed for.
const python = '/usr/bin/python3';

const readAll = `
import base64, json, sys, tempfile
from cloudinit import helpers, user_data, util
with tempfile.TemporaryDirectory() as folder:
    processor = user_data.UserDataProcessor(helpers.Paths({"cloud_dir": folder, "run_dir": folder}))
    message = processor.process(sys.stdin.buffer.read())
parts = [one for one in message.walk() if not one.is_multipart()]
print(json.dumps([[one.get_content_type(), util.load_yaml(util.fully_decoded_payload(one))] for one in parts]))
`;

function missing(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import cloudinit'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${python} has no module cloudinit (Debian package cloud-init; run scripts/setup-referees.sh)`;
  }
}

/** `describe`; skipped with a message if the program is missing, an error in CI. */
export function describeWith(title: string, why: string | undefined, body: () => void): void {
  if (why !== undefined && process.env.CI) throw new Error(why);
  if (why !== undefined) process.stderr.write(`\nSKIPPED: ${title}: ${why}\n`);
  describe.skipIf(why !== undefined)(title, body);
}

export function describeCloudInit(title: string, body: () => void): void {
  describeWith(title, missing(), body);
}

/** cloud-init's interpretation: type and content of each part. */
export function readByCloudInit(userData: string | Uint8Array): [type: string, content: unknown][] {
  const text = execFileSync(python, ['-c', readAll], {
    input: userData,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(text) as [string, unknown][];
}
