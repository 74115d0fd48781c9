import { yamlDocument } from '../base/yaml-text.ts';
import type { CloudConfig } from './cloud-config.ts';

/**
 * A cloud-config as text. cloud-init reads YAML 1.1: strings that mean something else there are quoted.
 * The first line is what makes it a cloud-config.
 */
export function userData(config: CloudConfig): string {
  return `#cloud-config\n${yamlDocument(config)}`;
}
