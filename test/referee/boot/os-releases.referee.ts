/** The data of facts/os-releases.json on Debian's releases, compared with the packages in their trees. */
import { expect, it } from 'vitest';
import { facts } from '../../../src/release/facts.ts';
import { ensureImage, suites, versionIn } from '../machines/suites.ts';
import { describeReferee } from '../tools.ts';

const releases = { bullseye: 'debian-11', bookworm: 'debian-12', trixie: 'debian-13' } as const;

describeReferee('facts of operating systems', { root: true, tools: { debootstrap: 'debootstrap' } }, () => {
  it.each(suites.filter((suite) => suite !== 'forky'))('have the versions of %s', async (suite) => {
    const tree = await ensureImage(suite);
    const told = facts('os-releases').releases[releases[suite]];
    // The fact is a beginning of the package's version: 257 of 257.13-1~deb13u1.
    const begins = (name: string, fact: string | undefined): void =>
      expect(versionIn(tree, name), name).toMatch(new RegExp(`^${fact?.replaceAll('.', '\\.')}(?!\\d)`));
    begins('cloud-init', told?.cloudInit);
    begins('systemd', told?.systemd);
    begins('libc6', told?.glibc);
    begins('openssl', told?.openssl);
    begins('nginx-light', told?.nginx.version);
    expect(told?.read, 'referees boot it').toBe('booted');
  });
});
