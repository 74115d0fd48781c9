import { stringify } from 'yaml';
import type { CloudConfig } from './cloud-config.ts';

/**
 * A cloud-config as text. cloud-init reads YAML 1.1: strings that mean something else there are quoted.
 * The first line is what makes it a cloud-config.
 */
export function userData(config: CloudConfig): string {
  const text = stringify(config, { version: '1.1', compat: 'core', lineWidth: 0, aliasDuplicateObjects: false });
  return `#cloud-config\n${text}`;
}
