/**
 * `npm run audit`: known vulnerabilities of the libraries that ship, which `sbom.cdx.json` lists; the build makes it.
 * Advisories come from the first source that answers: the configured registry, registry.npmjs.org, OSV.
 * Exit codes: 0 no advisory of this severity or a higher one; 1 there are some; 2 wrong usage; 4 nothing was checked, because no
 * source answered or no list of libraries is there.
 *
 *   npm run audit -- [--level low|moderate|high|critical]
 *
 * KNODE_AUDIT_SBOM names another list, KNODE_AUDIT_SOURCES other sources.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PackageURL } from 'packageurl-js';
import { packagePath } from '../src/base/files/package-root.ts';

const levels = ['low', 'moderate', 'high', 'critical'] as const;
type Level = (typeof levels)[number];

interface Advisory {
  readonly library: string;
  readonly version: string;
  readonly level: Level;
  readonly title: string;
  readonly url: string;
}

type Versions = Readonly<Record<string, readonly string[]>>;

/** A source of advisories. Throws if the source does not answer, or gives an invalid answer. */
interface Source {
  readonly name: string;
  ask(versions: Versions): Promise<readonly Advisory[]>;
}

const timeoutMs = 20_000;

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

/** npm's bulk endpoint (npm-audit(1), "Bulk Advisory Endpoint"). */
function registry(address: string): Source {
  const url = `${address.replace(/\/*$/, '')}/-/npm/v1/security/advisories/bulk`;
  // An address may hold a password.
  const name = new URL(url).host;
  return {
    name,
    async ask(versions) {
      const found = (await post(url, versions)) as Record<
        string,
        readonly { title: string; url: string; severity: string; vulnerable_versions: string }[]
      >;
      return Object.entries(found).flatMap(([library, list]) =>
        list.map(({ title, url: where, severity, vulnerable_versions: range }) => ({
          library,
          version: `${versions[library]?.join(', ')} (affected: ${range})`,
          level: levels.find((level) => level === severity) ?? 'moderate',
          title,
          url: where,
        })),
      );
    },
  };
}

/** https://google.github.io/osv.dev/post-v1-querybatch: names the advisories of each version, nothing more. */
function osv(address: string): Source {
  return {
    name: new URL(address).host,
    async ask(versions) {
      const asked = Object.entries(versions).flatMap(([library, all]) => all.map((version) => ({ library, version })));
      const queries = asked.map(({ library, version }) => ({ version, package: { name: library, ecosystem: 'npm' } }));
      const { results } = (await post(`${address}/v1/querybatch`, { queries })) as {
        results: readonly { vulns?: readonly { id: string }[] }[];
      };
      return results.flatMap(({ vulns = [] }, at) =>
        vulns.map(({ id }) => ({
          ...asked[at]!,
          level: 'high' as const,
          title: id,
          url: `https://osv.dev/vulnerability/${id}`,
        })),
      );
    },
  };
}

/** Library → versions, of everything that the bill of materials lists. */
function shippedVersions(file: string): Versions {
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: readonly { purl: string }[] };
  const versions: Record<string, string[]> = {};
  for (const { purl } of components) {
    const { namespace, name, version } = PackageURL.fromString(purl);
    const library = namespace ? `${namespace}/${name}` : name;
    versions[library] = [...new Set([...(versions[library] ?? []), version ?? ''])];
  }
  if (Object.keys(versions).length === 0) throw new Error('it lists no library');
  return versions;
}

/** Ends with code 4: nothing was checked, and this is why. */
function notChecked(why: string): never {
  process.stderr.write(`audit: NOT CHECKED: ${why}\n`);
  process.exit(4);
}

function versionsOrEnd(file: string): Versions {
  try {
    return shippedVersions(file);
  } catch (error) {
    return notChecked(`${file}: ${(error as Error).message}; \`npm run build\` makes it`);
  }
}

function sources(): readonly Source[] {
  const given = process.env.KNODE_AUDIT_SOURCES?.split(' ').filter(Boolean);
  const addresses = given ?? [
    execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim().replace(/\/*$/, ''),
    'https://registry.npmjs.org',
    'osv+https://api.osv.dev',
  ];
  return [...new Set(addresses)].map((address) =>
    address.startsWith('osv+') ? osv(address.slice('osv+'.length)) : registry(address),
  );
}

async function firstAnswer(versions: Versions): Promise<{ name: string; advisories: readonly Advisory[] } | undefined> {
  for (const source of sources()) {
    try {
      return { name: source.name, advisories: await source.ask(versions) };
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      process.stderr.write(`audit: ${source.name} gives no advisories: ${cause?.code ?? message}\n`);
    }
  }
  return undefined;
}

function wantedLevel(args: readonly string[]): Level {
  const [option, value, ...rest] = args;
  if (option === undefined) return 'low';
  const level = levels.find((one) => one === value);
  if (option !== '--level' || level === undefined || rest.length > 0) {
    process.stderr.write(`audit: usage: npm run audit -- [--level ${levels.join('|')}]\n`);
    process.exit(2);
  }
  return level;
}

const level = wantedLevel(process.argv.slice(2));
const versions = versionsOrEnd(process.env.KNODE_AUDIT_SBOM ?? packagePath('sbom.cdx.json'));
const count = Object.keys(versions).length;
const answer = (await firstAnswer(versions)) ?? notChecked(`no source of advisories answered, for ${count} libraries`);
const serious = answer.advisories.filter((one) => levels.indexOf(one.level) >= levels.indexOf(level));
for (const { library, version, level: how, title, url } of serious)
  process.stdout.write(`${how}: ${library} ${version}: ${title}\n  ${url}\n`);
process.stdout.write(
  `audit: ${count} libraries, ${serious.length} advisories of level ${level} or above (${answer.name})\n`,
);
process.exitCode = serious.length > 0 ? 1 : 0;
