import { type Command, Option } from 'commander';
import { act, dryRun, lock } from './action.ts';

/** `knode mirror serve`, `push`, `verify`, `ls`, `gc`, `presign`. */
export function addStoreCommands(mirror: Command): void {
  pushCommand(mirror);
  verifyCommand(mirror);
  lsCommand(mirror);
  gcCommand(mirror);
  presignCommand(mirror);
  serveCommand(mirror);
}

/** Options for a bucket. Credentials are not options: they come from the AWS SDK's own chain. */
function s3Options(command: Command): Command {
  return command
    .option('--endpoint-url <url>', 'an S3 server that is not Amazon’s: MinIO, Ceph, Garage, …')
    .option('--region <region>', 'the bucket’s region (default: AWS_REGION)')
    .option('--path-style', 'put the bucket in the path, not in the host name (default with --endpoint-url)')
    .addOption(new Option('--no-path-style', 'put the bucket in the host name'));
}

function pushCommand(mirror: Command): void {
  const command = mirror
    .command('push')
    .argument('<target>', 's3://BUCKET/PREFIX')
    .description('publish a folder in a bucket; never changes existing objects, resumes after an interruption')
    .option('-i, --input <dir>', 'the folder that `knode mirror pull` filled', 'mirror')
    .option('--replace', 'overwrite objects whose bytes differ')
    .option('--concurrency <n>', 'number of concurrent files', '4')
    .addOption(dryRun());
  s3Options(command).addHelpText(
    'after',
    '\nExamples:\n  knode mirror push s3://artifacts/knode --dry-run\n  knode mirror push s3://artifacts/knode --endpoint-url https://minio.example.com:9000',
  );
  act(command, async () => (await import('../commands/mirror/push.ts')).mirrorPush, ['target']);
}

const place = 's3://BUCKET/PREFIX, http(s)://… or a folder';

function verifyCommand(mirror: Command): void {
  const command = mirror
    .command('verify')
    .argument('<target>', place)
    .description('check that every locked file is present and right; exit code 1 if not')
    .addOption(lock())
    .option('--deep', 'read and hash every byte, instead of comparing recorded checksums')
    .option('--concurrency <n>', 'number of concurrent files', '4');
  s3Options(command).addHelpText(
    'after',
    '\nExamples:\n  knode mirror verify mirror/ --deep\n  knode mirror verify https://artifacts.example.com/knode',
  );
  act(command, async () => (await import('../commands/mirror/verify.ts')).mirrorVerify, ['target']);
}

function lsCommand(mirror: Command): void {
  const command = mirror.command('ls').argument('<target>', place).description('list the index of a mirror');
  s3Options(command).addHelpText('after', '\nExample:\n  knode mirror ls s3://artifacts/knode');
  act(command, async () => (await import('../commands/mirror/ls.ts')).mirrorLs, ['target']);
}

function gcCommand(mirror: Command): void {
  const command = mirror
    .command('gc')
    .argument('<target>', 's3://BUCKET/PREFIX or a folder')
    .description('remove files that none of the given artifact locks names; without --yes only list them')
    .requiredOption('--keep <lock...>', 'artifact locks of every cluster that uses the mirror')
    .option('--yes', 'really remove')
    .addOption(dryRun());
  s3Options(command).addHelpText(
    'after',
    '\nExample:\n  knode mirror gc s3://artifacts/knode --keep prod/knode.lock.yaml lab/knode.lock.yaml',
  );
  act(command, async () => (await import('../commands/mirror/gc.ts')).mirrorGc, ['target']);
}

function presignCommand(mirror: Command): void {
  const command = mirror
    .command('presign')
    .argument('<target>', 's3://BUCKET/PREFIX')
    .description('make temporary URLs for every locked artifact in a private bucket')
    .requiredOption('--expires <time>', 'validity: 900s, 30m, 6h, at most 7d')
    .option('-o, --output <file>', 'write them for knode render --presigned (0600)')
    .addOption(lock())
    .addOption(dryRun());
  s3Options(command).addHelpText(
    'after',
    '\nExample:\n  knode mirror presign s3://artifacts/knode --expires 6h -o urls.json && knode render --all -o out/ --presigned urls.json',
  );
  act(command, async () => (await import('../commands/mirror/presign.ts')).mirrorPresign, ['target']);
}

function serveCommand(mirror: Command): void {
  const command = mirror
    .command('serve')
    .argument('<dir>', 'the folder that `knode mirror pull` filled')
    .description('serve a mirror over HTTP, read-only: for small and air-gapped sites')
    .option('--listen <address>', 'HOST:PORT, :PORT or PORT; port 0 takes a free one', '0.0.0.0:8080')
    .option('--verify', 'hash every file before the first answer')
    .addHelpText(
      'after',
      '\nExamples:\n  knode mirror serve mirror/\n  knode mirror serve /media/usb/mirror --listen 10.0.0.5:8080 --verify',
    );
  act(command, async () => (await import('../commands/mirror/serve.ts')).mirrorServe, ['folder']);
}
